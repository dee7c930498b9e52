package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** Nodes that go and come back, on a cluster of its own, which has its promotion last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HealthIT {
    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void startCluster() {
        cluster = PostgresCluster.start(PostgresCluster.Options.standard());
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @BeforeEach
    void start() throws Exception {
        cluster.start(2);
        cluster.start(3);
        cluster.awaitReplay(1);
        router = RouterProcess.before(cluster);
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private String address(int node) {
        return RouterProcess.address(cluster, node);
    }

    @Test
    void aSessionOutlivesItsStandbysAndReturnsToThem() throws Exception {
        try (Connection connection = router.connect()) {
            Sql.ask(connection, "SELECT 1");
            cluster.stop(2);
            assertThat(Sql.ask(connection, "SELECT 2")).isEqualTo("2");
            cluster.kill(3);
            assertThat(Sql.ask(connection, "SELECT 3")).isEqualTo("3");
            router.awaitLine(address(2) + " standby FAILED");
            router.awaitLine(address(3) + " standby FAILED");
            long before = router.count(address(1), "writes");
            assertThat(Sql.ask(connection, "SELECT 4")).isEqualTo("4");
            assertThat(router.count(address(1), "writes")).isEqualTo(before + 1);

            cluster.start(3);
            router.awaitReaders(1);
            Await.until("a read on the standby that came back", () -> {
                Sql.ask(connection, "SELECT 5");
                return router.count(address(3), "reads") > 0;
            });
        }
    }

    @Test
    void eachChangeIsOneLineAndASteadyStateNone() throws Exception {
        cluster.stop(2);
        router.awaitLine(address(2) + " standby FAILED");
        router.awaitStatus("three rounds more", new Rounds(3));
        List<String> lines = router.log()
                .lines()
                .filter(line -> line.contains("backend " + address(2) + ":"))
                .toList();
        assertThat(lines.getFirst()).contains("INFO", ": standby OK (it answers as standby)");
        assertThat(lines.getLast()).contains("INFO", "-> standby FAILED");
        assertThat(lines.subList(1, lines.size() - 1))
                .as("a probe may meet it while it shuts down")
                .hasSizeLessThan(2)
                .allMatch(line -> line.contains("standby OK -> standby STARTING"));
    }

    /** Holds when it was asked for so long that so many rounds of 200 ms must have passed. */
    private static final class Rounds implements Predicate<List<String>> {
        private final long end;

        Rounds(int number) {
            end = System.nanoTime() + number * 200_000_000L;
        }

        @Override
        public boolean test(List<String> status) {
            return System.nanoTime() - end > 0;
        }
    }

    @Test
    void aHealthRoleThatIsRefusedIsSaidWithItsReason() throws Exception {
        RouterProcess.Options wrong =
                new RouterProcess.Options().health("health { check 200ms; username pgrouter; password wrong }");
        try (RouterProcess refused = RouterProcess.start(wrong, address(1), "nowhere.invalid:5432")) {
            refused.awaitLog("no backend answers as primary");
            assertThat(refused.log())
                    .contains(
                            "backend " + address(1) + ": unknown FAILED (backend " + address(1) + " refused the login")
                    .contains("password authentication failed for user \"pgrouter\"")
                    .contains("nowhere.invalid cannot be resolved")
                    .contains("no backend answers as primary");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void anUnknownPrimaryIsSaidInPlainWords() throws Exception {
        router.rewrite(text -> "failover 300ms\n" + text);
        router.reload();
        cluster.stop(1);
        router.awaitLine(address(1) + " primary FAILED");
        try (Connection connection = router.connect()) {
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
            SQLException error =
                    catchThrowableOfType(SQLException.class, () -> Sql.run(connection, "CREATE TABLE without (a int)"));
            assertThat(error.getSQLState()).isEqualTo("57P03");
            assertThat(error.getMessage()).contains("no backend answers as primary");

            cluster.promote(2);
            router.awaitLine(address(2) + " primary OK");
            assertThat(Sql.ask(connection, "SELECT pg_is_in_recovery()")).isEqualTo("f");
        }
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Server processes serve one session after the other, and no session finds anything of the one before. */
@ExtendWith(SharedCluster.class)
class PoolIT {
    private static final String PID = "SELECT pg_backend_pid()";

    private final PostgresCluster cluster;

    PoolIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private static RouterProcess.Options pool(String block) {
        return new RouterProcess.Options().with(block);
    }

    private static Set<String> processesOf(RouterProcess router, int sessions) throws Exception {
        Set<String> processes = new HashSet<>();
        for (int i = 0; i < sessions; i++) {
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
                processes.add(Sql.ask(connection, PID));
            }
        }
        return processes;
    }

    @Test
    void aClientThatConnectsForEachRequestMeetsFewProcesses() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            assertThat(processesOf(router, 50)).hasSizeLessThan(10);
        }
    }

    @Test
    void withSizeZeroEachSessionHasItsOwn() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 0 }"))) {
            assertThat(processesOf(router, 10)).hasSize(10);
        }
    }

    @Test
    void nothingOfASessionIsLeft() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 1 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(
                        connection,
                        "SET work_mem = '77MB'; SET search_path = pg_catalog; SET application_name = 'before'");
                Sql.run(connection, "SET ROLE app");
                Sql.run(
                        connection,
                        "CREATE TEMP TABLE left_behind (id serial); INSERT INTO left_behind DEFAULT VALUES");
                Sql.run(connection, "PREPARE left_prepared AS SELECT 1");
                Sql.run(connection, "LISTEN left_listening");
                Sql.run(connection, "DECLARE left_open CURSOR WITH HOLD FOR SELECT 1");
                Sql.ask(connection, "SELECT pg_advisory_lock(4711)");
            }
            Await.until(
                    "the lock is free",
                    () -> cluster.ask(1, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")
                            .equals("0"));
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, PID)).isEqualTo(first);
                assertThat(Sql.ask(connection, "SHOW work_mem")).isEqualTo("4MB");
                assertThat(Sql.ask(connection, "SHOW role")).isEqualTo("none");
                assertThat(Sql.ask(connection, "SHOW search_path")).isEqualTo("\"$user\", public");
                assertThat(Sql.ask(connection, "SHOW application_name")).isNotEqualTo("before");
                assertThat(Sql.ask(connection, "SELECT to_regclass('pg_temp.left_behind') IS NULL"))
                        .isEqualTo("t");
                assertThat(Failures.of(() -> Sql.ask(connection, "SELECT lastval()")))
                        .isEqualTo("55000");
                assertThat(Failures.of(() -> Sql.run(connection, "EXECUTE left_prepared")))
                        .isEqualTo("26000");
                assertThat(Failures.of(() -> Sql.run(connection, "FETCH left_open")))
                        .isEqualTo("34000");
                assertThat(Sql.ask(connection, "SELECT count(*) FROM pg_listening_channels()"))
                        .isEqualTo("0");
            }
        }
    }

    /** What DISCARD ALL does not undo goes with its process. */
    @Test
    void aProcessThatCannotForgetIsNotMetAgain() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(connection, "SET my.parameter = 'left'");
            }
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, PID)).isNotEqualTo(first);
                assertThat(Failures.of(() -> Sql.ask(connection, "SELECT current_setting('my.parameter')")))
                        .isEqualTo("42704");
            }
        }
    }
}

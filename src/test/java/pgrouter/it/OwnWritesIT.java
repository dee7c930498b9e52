package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

@ExtendWith(SharedCluster.class)
class OwnWritesIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;

    OwnWritesIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    private long readsOnStandbys(RouterProcess router) {
        return router.countOnStandbys(cluster, "reads");
    }

    @Test
    void aSessionReadsItsOwnWritesWhileNoStandbyHasThem() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS own_writes; CREATE TABLE own_writes(n int)");
        cluster.awaitReplay(1);
        try (Connection connection = router.connect()) {
            Sql.awaitStandby(connection, "SELECT count(*) FROM own_writes");
            long before = readsOnStandbys(router);
            cluster.pauseReplay(2);
            cluster.pauseReplay(3);
            try {
                for (int i = 1; i <= 50; i++) {
                    Sql.run(connection, "INSERT INTO own_writes VALUES (" + i + ")");
                    assertThat(Sql.ask(connection, "SELECT count(*) FROM own_writes"))
                            .isEqualTo("" + i);
                }
                assertThat(readsOnStandbys(router)).isEqualTo(before);
            } finally {
                cluster.resumeReplay(2);
                cluster.resumeReplay(3);
            }
            Await.until("the session reads from a standby again", () -> {
                assertThat(Sql.ask(connection, "SELECT count(*) FROM own_writes"))
                        .isEqualTo("50");
                return readsOnStandbys(router) > before;
            });
        }
    }

    @Test
    void readsOfAnotherSessionGoOnUsingStandbys() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS own_writes; CREATE TABLE own_writes(n int)");
        cluster.awaitReplay(1);
        try (Connection writing = router.connect();
                Connection reading = router.connect()) {
            Sql.run(reading, "SET pgrouter.consistency = session");
            Sql.run(writing, "INSERT INTO own_writes VALUES (1)");
            long before = readsOnStandbys(router);
            Sql.ask(reading, "SELECT 1");
            assertThat(readsOnStandbys(router)).isEqualTo(before + 1);
        }
    }

    @Test
    void aStandbyBeyondItsLagLimitGetsNoReads() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS own_writes; CREATE TABLE own_writes(t text)");
        cluster.awaitReplay(1);
        try (RouterProcess limited =
                RouterProcess.before(cluster, new RouterProcess.Options().with("backend default { lag 64kb }"))) {
            cluster.pauseReplay(2);
            cluster.pauseReplay(3);
            try {
                cluster.run(1, "INSERT INTO own_writes SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
                limited.awaitStatus(
                        "both standbys are behind",
                        status -> status.stream()
                                        .filter(line -> line.matches(".* standby OK [0-9]{6,}/65536"))
                                        .count()
                                == 2);
                try (Connection connection = limited.connect()) {
                    assertThat(Sql.ask(connection, "SELECT count(*) FROM own_writes"))
                            .isEqualTo("1000");
                }
                assertThat(readsOnStandbys(limited)).isZero();
            } finally {
                cluster.resumeReplay(2);
                cluster.resumeReplay(3);
            }
        }
    }
}

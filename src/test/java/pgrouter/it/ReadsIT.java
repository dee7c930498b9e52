package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

@ExtendWith(SharedCluster.class)
class ReadsIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;

    ReadsIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @Test
    void readsRunOnStandbysAndNeverOnThePrimary() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS seen; CREATE TABLE seen AS SELECT generate_series(1, 100) AS n");
        cluster.awaitReplay(1);
        long writes = router.count(RouterProcess.address(cluster, 1), "writes");
        for (String queryMode : List.of("simple", "extended", "extendedForPrepared", "extendedCacheEverything")) {
            long second = router.count(RouterProcess.address(cluster, 2), "reads");
            long third = router.count(RouterProcess.address(cluster, 3), "reads");
            readInTwentySessions(queryMode);
            assertThat(router.count(RouterProcess.address(cluster, 2), "reads"))
                    .as(queryMode)
                    .isGreaterThan(second);
            assertThat(router.count(RouterProcess.address(cluster, 3), "reads"))
                    .as(queryMode)
                    .isGreaterThan(third);
            assertThat(router.count(RouterProcess.address(cluster, 1), "writes"))
                    .as(queryMode)
                    .isEqualTo(writes);
        }
        assertThat(cluster.ask(1, "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'seen'"))
                .as("scans that CREATE TABLE and the reads made on the primary")
                .isIn("0", "1");
    }

    private void readInTwentySessions(String queryMode) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("preferQueryMode", queryMode);
        properties.setProperty("prepareThreshold", "2");
        for (int session = 0; session < 20; session++) {
            try (Connection connection = router.connect(properties)) {
                readTenTimes(connection);
            }
        }
    }

    private static void readTenTimes(Connection connection) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM seen WHERE n > ?")) {
            for (int i = 0; i < 10; i++) {
                statement.setInt(1, i * 10);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(100 - i * 10);
                }
            }
        }
    }

    @Test
    void aStandbyOfWeightZeroGetsNoReads() throws Exception {
        try (RouterProcess weighted = RouterProcess.start(
                new RouterProcess.Options(),
                RouterProcess.address(cluster, 1),
                RouterProcess.address(cluster, 2) + " { weight 0 }",
                RouterProcess.address(cluster, 3))) {
            weighted.awaitReaders(2);
            for (int session = 0; session < 10; session++) {
                try (Connection connection = weighted.connect()) {
                    Sql.ask(connection, "SELECT 1");
                }
            }
            assertThat(weighted.count(RouterProcess.address(cluster, 2), "reads"))
                    .isZero();
            assertThat(weighted.count(RouterProcess.address(cluster, 3), "reads"))
                    .isEqualTo(10);
        }
    }

    @Test
    void whatLooksAtTheNodeItselfSeesThePrimary() throws Exception {
        try (Connection connection = router.connect()) {
            assertThat(Sql.ask(connection, "SELECT pg_is_in_recovery()")).isEqualTo("f");
            assertThat(Sql.ask(connection, "SELECT inet_server_port()")).isEqualTo("" + cluster.port(1));
            assertThat(Sql.ask(connection, "SHOW transaction_read_only")).isEqualTo("off");
        }
    }
}

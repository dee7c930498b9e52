package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Statements that a driver prepares on the server work on whichever node a request runs. */
@ExtendWith(SharedCluster.class)
class PreparedStatementIT {
    private final PostgresCluster cluster;

    PreparedStatementIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private static Properties preparedAtOnce() {
        Properties properties = new Properties();
        properties.setProperty("prepareThreshold", "1");
        return properties;
    }

    @Test
    void aStatementIsUsedOnStandbyAndPrimaryInTurn() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS moves; CREATE TABLE moves(n int)");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection connection = router.connect(preparedAtOnce());
                PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM moves WHERE n <> ?");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO moves VALUES (?)")) {
            for (int i = 0; i < 5; i++) {
                assertThat(count(select)).isEqualTo(i);
                insert.setInt(1, i);
                insert.executeUpdate();
                assertThat(count(select)).isEqualTo(i + 1);
                awaitOwnReads(router, connection);
            }
            // Only the inserts must be there: a standby that has the write already may answer the read after it.
            assertThat(router.count(RouterProcess.address(cluster, 1), "writes"))
                    .isGreaterThanOrEqualTo(5);
        }
    }

    private static int count(PreparedStatement select) throws SQLException {
        select.setInt(1, -1);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Until the session reads from a standby again. */
    private void awaitOwnReads(RouterProcess router, Connection connection) {
        long before = reads(router);
        Await.until("a read on a standby", () -> {
            Sql.ask(connection, "SELECT 1");
            return reads(router) > before;
        });
    }

    private long reads(RouterProcess router) {
        return router.count(RouterProcess.address(cluster, 2), "reads")
                + router.count(RouterProcess.address(cluster, 3), "reads");
    }

    @Test
    void aBatchOfInsertsIsOneRequest() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS batch; CREATE TABLE batch(n int)");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection connection = router.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO batch VALUES (?)")) {
            for (int i = 0; i < 10_000; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(10_000);
            assertThat(Sql.ask(connection, "SELECT count(*) FROM batch")).isEqualTo("10000");
        }
    }

    @Test
    void aStatementSurvivesAChangeOfItsTable() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS changing; CREATE TABLE changing AS SELECT 1 AS n");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection connection = router.connect(preparedAtOnce());
                PreparedStatement select = connection.prepareStatement("SELECT n FROM changing WHERE n > ?")) {
            assertThat(number(select)).isEqualTo(1);
            Sql.run(connection, "ALTER TABLE changing ADD COLUMN more int");
            assertThat(number(select)).isEqualTo(1);
        }
    }

    private static int number(PreparedStatement select) throws SQLException {
        select.setInt(1, 0);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }
}

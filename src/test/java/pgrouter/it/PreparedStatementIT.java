package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Statements that a driver prepares on the server work on whichever node a request runs. */
@Tag("versions")
@ExtendWith(SharedCluster.class)
class PreparedStatementIT {
    private static final String CHANGED = "ERROR 0A000 cached plan must not change result type";

    private final PostgresCluster cluster;
    private final RouterProcess router;

    PreparedStatementIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
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
        long before = router.count(RouterProcess.address(cluster, 1), "writes");
        try (Connection connection = router.connect(preparedAtOnce());
                PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM moves WHERE n <> ?");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO moves VALUES (?)")) {
            for (int i = 0; i < 5; i++) {
                assertThat(count(select)).isEqualTo(i);
                insert.setInt(1, i);
                insert.executeUpdate();
                assertThat(count(select)).isEqualTo(i + 1);
                awaitOwnReads(connection);
            }
            // Only the inserts must be there: a standby that has the write already may answer the read after it.
            assertThat(router.count(RouterProcess.address(cluster, 1), "writes"))
                    .isGreaterThanOrEqualTo(before + 5);
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
    private void awaitOwnReads(Connection connection) {
        long before = reads();
        Await.until("a read on a standby", () -> {
            Sql.ask(connection, "SELECT 1");
            return reads() > before;
        });
    }

    private long reads() {
        return router.countOnStandbys(cluster, "reads");
    }

    @Test
    void aBatchOfInsertsIsOneRequest() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS batch; CREATE TABLE batch(n int)");
        cluster.awaitReplay(1);
        try (Connection connection = router.connect();
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
        try (Connection connection = router.connect(preparedAtOnce());
                PreparedStatement select = connection.prepareStatement("SELECT n FROM changing WHERE n > ?")) {
            assertThat(number(select)).isEqualTo(1);
            Sql.run(connection, "ALTER TABLE changing ADD COLUMN more int");
            assertThat(number(select)).isEqualTo(1);
        }
    }

    /** As a driver that describes a statement once, and decodes by that all rows from then on. */
    @Test
    void aStatementOfAnotherResultFailsAsInPostgres() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS shape; CREATE TABLE shape AS SELECT 1 AS a, 'x'::text AS b");
        cluster.awaitReplay(1);
        try (FakeClient client = FakeClient.dialPatiently(router.port())) {
            client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
            client.send(parse("s1", "SELECT * FROM shape"), describeStatement("s1"), sync());
            client.expect("ParseComplete", "ParameterDescription", "RowDescription", "Ready I");
            client.send(query("PREPARE p AS SELECT * FROM shape"));
            client.expect("Complete PREPARE", "Ready I");
            // The next request comes after what is asked about the last one.
            client.send(query("SELECT 1 AS one"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
            cluster.run(1, "ALTER TABLE shape ALTER a TYPE text USING 'abcd'");
            cluster.awaitReplay(1);
            client.send(bindNothing("s1"), execute(), sync());
            client.expect(CHANGED, "Ready I");
            client.send(query("EXECUTE p"));
            client.expect(CHANGED, "Ready I");
            failsInTransaction(client, join(bindNothing("s1"), execute(), sync()));
            failsInTransaction(client, query("EXECUTE p"));
            client.send(query("SELECT name FROM pg_prepared_statements ORDER BY name"));
            client.expect("RowDescription", "Row p", "Row s1", "Complete SELECT 2", "Ready I");
            client.send(query("DEALLOCATE p; PREPARE p AS SELECT * FROM shape; EXECUTE p"));
            client.expect("Complete DEALLOCATE", "Complete PREPARE");
            client.expect("RowDescription", "Row abcd", "Complete SELECT 1", "Ready I");
        }
    }

    /** Which is on the primary: it is not declared read-only. */
    private static void failsInTransaction(FakeClient client, byte[] request) throws IOException {
        client.send(query("BEGIN"));
        client.expect("Complete BEGIN", "Ready T");
        client.send(request);
        client.expect(CHANGED, "Ready E");
        client.send(query("ROLLBACK"));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    private static int number(PreparedStatement select) throws SQLException {
        select.setInt(1, 0);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }
}

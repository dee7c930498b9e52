package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Examples;
import pgrouter.testing.Examples.Block;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** The SQL of the documentation does on a cluster what the documentation says, and so does pgjdbc. */
@ExtendWith(SharedCluster.class)
final class ExamplesIT {
    private final PostgresCluster cluster;

    ExamplesIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private RouterProcess router() throws Exception {
        cluster.run(1, """
                DROP TABLE IF EXISTS orders;
                DROP FUNCTION IF EXISTS next_order();
                CREATE TABLE orders(id int);
                CREATE FUNCTION next_order() RETURNS int LANGUAGE plpgsql AS
                  $$BEGIN INSERT INTO orders VALUES (1); RETURN 1; END$$""");
        cluster.awaitReplay(1);
        return RouterProcess.before(cluster, new RouterProcess.Options());
    }

    @Test
    void eachAnswersWhatTheTextBelowItSays() throws Exception {
        List<Block> blocks = Examples.all();
        assertThat(blocks).anyMatch(block -> block.language().equals("sql"));
        for (int at = 0; at < blocks.size(); at++) {
            if (blocks.get(at).language().equals("sql")) {
                Block expected = blocks.get(at + 1);
                assertThat(expected.language())
                        .as("what follows " + blocks.get(at))
                        .isEqualTo("text");
                assertThat(answers(blocks.get(at).text()))
                        .as(blocks.get(at).toString())
                        .isEqualTo(expected.text());
            }
        }
    }

    /** Each in a session of its own, behind a pgrouter that has learned nothing. */
    private String answers(String sql) throws Exception {
        try (RouterProcess router = router();
                Connection session = router.connect();
                Statement statement = session.createStatement()) {
            StringBuilder text = new StringBuilder();
            for (String each : sql.split(";\n")) {
                if (statement.execute(each)) {
                    rows(statement.getResultSet())
                            .forEach(row -> text.append(row).append('\n'));
                }
            }
            return text.toString();
        }
    }

    private static List<String> rows(ResultSet result) throws SQLException {
        List<String> rows = new ArrayList<>();
        while (result.next()) {
            rows.add(result.getString(1).replaceAll("^reader \\S+:\\d+", "reader 10.0.0.3:6432"));
        }
        return rows;
    }

    private static String lastRoute(Connection session) throws SQLException {
        return Sql.ask(session, "SHOW pgrouter.last_route");
    }

    @Test
    void aReadOnlyTransactionOfPgjdbcIsForAStandbyAndAnyOtherForThePrimary() throws Exception {
        try (RouterProcess router = router();
                Connection session = router.connect()) {
            session.setAutoCommit(false);
            Sql.ask(session, "SELECT count(*) FROM orders");
            session.commit();
            assertThat(lastRoute(session)).startsWith("writer");
            session.commit();
            session.setReadOnly(true);
            Sql.ask(session, "SELECT count(*) FROM orders");
            session.commit();
            assertThat(lastRoute(session)).startsWith("reader");
        }
    }

    @Test
    void readsOfPgjdbcWithAutocommitAreForAStandby() throws Exception {
        try (RouterProcess router = router();
                Connection session = router.connect()) {
            Sql.ask(session, "SELECT count(*) FROM orders");
            assertThat(lastRoute(session)).startsWith("reader");
        }
    }
}

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

/** The SQL of the README and the documentation does on a cluster what they say, and so does pgjdbc. */
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
                  $$BEGIN INSERT INTO orders VALUES (1); RETURN 1; END$$;
                CREATE OR REPLACE FUNCTION order_count() RETURNS bigint STABLE LANGUAGE sql AS 'SELECT count(*) FROM orders'""");
        cluster.awaitReplay(1);
        RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options());
        try (Connection session = router.connect()) {
            Sql.awaitStandby(session, "SELECT order_count()");
        }
        return router;
    }

    @Test
    void eachAnswersWhatTheTextBelowItSays() throws Exception {
        List<Block> blocks = Examples.all();
        int answered = 0;
        for (int at = 0; at < blocks.size(); at++) {
            if (isAnswered(blocks, at)) {
                answered++;
                assertThat(answers(blocks.get(at).text()))
                        .as(blocks.get(at).toString())
                        .isEqualTo(blocks.get(at + 1).text());
            }
        }
        assertThat(answered).isGreaterThan(5);
    }

    private static boolean isAnswered(List<Block> blocks, int at) {
        Block block = blocks.get(at);
        return block.language().equals("sql")
                && blocks.get(at + 1).language().equals("text")
                && block.isBefore(blocks.get(at + 1));
    }

    /** What stands there without an answer prepares a cluster; this one is prepared already, so it is undone. */
    @Test
    void whatIsForTheSuperuserIsInTheReadmeAndCanBeRun() throws Exception {
        List<Block> blocks = Examples.all();
        try (Connection superuser = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            superuser.setAutoCommit(false);
            Sql.run(superuser, "ALTER ROLE pgrouter RENAME TO pgrouter_before");
            for (int at = 0; at < blocks.size(); at++) {
                if (blocks.get(at).language().equals("sql") && !isAnswered(blocks, at)) {
                    assertThat(blocks.get(at).file())
                            .as(blocks.get(at).toString())
                            .isEqualTo(Examples.README);
                    Sql.run(superuser, blocks.get(at).text());
                }
            }
            assertThat(Sql.ask(superuser, "SELECT pg_has_role('pgrouter', 'pg_monitor', 'USAGE')"))
                    .isEqualTo("t");
            superuser.rollback();
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
            rows.add(result.getString(1)
                    .replaceAll("^reader \\S+:\\d+", "reader 10.0.0.3:6432")
                    .replaceAll(", waited [0-9.]+ ms$", ""));
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

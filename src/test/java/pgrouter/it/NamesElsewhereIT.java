package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What somebody makes in a schema of his own sends only those to the primary that search this schema or name it. */
@ExtendWith(SharedCluster.class)
@Tag("versions")
final class NamesElsewhereIT {
    private static final String CATCHES =
            " LANGUAGE plpgsql AS $f$BEGIN INSERT INTO public.elsewhere_log VALUES (1); RETURN 1;"
                    + " EXCEPTION WHEN OTHERS THEN RETURN -1; END$f$;";
    private static final String SETUP = "CREATE TABLE elsewhere_log(n int); CREATE SCHEMA elsewhere;"
            + " CREATE FUNCTION elsewhere.lower(text) RETURNS int" + CATCHES
            + " CREATE FUNCTION elsewhere.count(int) RETURNS int" + CATCHES
            + " CREATE FUNCTION elsewhere.same(int, int) RETURNS int" + CATCHES
            + " CREATE OPERATOR elsewhere.= (LEFTARG = int, RIGHTARG = int, PROCEDURE = elsewhere.same);"
            + " CREATE TYPE elsewhere.kind AS (n text);"
            + " CREATE FUNCTION elsewhere.number(elsewhere.kind) RETURNS int" + CATCHES
            + " CREATE CAST (elsewhere.kind AS int) WITH FUNCTION elsewhere.number(elsewhere.kind) AS IMPLICIT;"
            + " CREATE VIEW elsewhere.orders AS SELECT elsewhere.lower('x') AS n;"
            + " CREATE TABLE orders AS SELECT 1 AS n;"
            + " CREATE TABLE kinds AS SELECT ROW('x')::elsewhere.kind AS k;"
            + " CREATE FUNCTION calls() RETURNS text LANGUAGE plpgsql AS $f$BEGIN RETURN lower('A'); END$f$;"
            + " GRANT USAGE ON SCHEMA elsewhere TO PUBLIC; GRANT ALL ON elsewhere_log, elsewhere.orders, orders, kinds TO PUBLIC";
    private static final String TEARDOWN =
            "DROP SCHEMA elsewhere CASCADE; DROP TABLE elsewhere_log, orders, kinds; DROP FUNCTION calls()";

    private final PostgresCluster cluster;
    private final RouterProcess router;

    NamesElsewhereIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @BeforeAll
    static void prepare(PostgresCluster cluster) throws Exception {
        cluster.run(1, SETUP);
        cluster.awaitReplay(1);
    }

    @AfterAll
    static void clean(PostgresCluster cluster) throws Exception {
        cluster.run(1, TEARDOWN);
    }

    private String written() throws Exception {
        return cluster.ask(1, "SELECT count(*) FROM elsewhere_log");
    }

    private static String routeOf(Connection session, String sql) throws SQLException {
        Sql.ask(session, sql);
        return Sql.ask(session, "SHOW pgrouter.last_route");
    }

    @Test
    void whoDoesNotSearchThatSchemaReadsFromAStandby() throws Exception {
        try (Connection session = router.connect()) {
            for (String sql : List.of(
                    "SELECT lower('A') || count(*) FROM orders WHERE n = 1 OR n IN (1, 2)",
                    "SELECT n FROM orders",
                    "SELECT calls()")) {
                Sql.awaitStandby(session, sql);
            }
        }
    }

    @Test
    void whoNamesItIsAtThePrimary() throws Exception {
        try (Connection session = router.connect()) {
            Sql.awaitStandby(session, "SELECT lower('A')");
            for (String sql : List.of(
                    "SELECT elsewhere.lower('A')",
                    "SELECT n FROM elsewhere.orders",
                    "SELECT 1 OPERATOR(elsewhere.=) 1",
                    "SELECT ROW('x')::elsewhere.kind::int",
                    "SELECT k + 1 FROM kinds")) {
                String before = written();
                assertThat(routeOf(session, sql)).as(sql).startsWith("writer: ");
                assertThat(written()).as(sql).isNotEqualTo(before);
            }
        }
    }

    @Test
    void whoSearchesItIsAtThePrimary() throws Exception {
        Properties atLogin = new Properties();
        atLogin.setProperty("currentSchema", "elsewhere,public");
        try (Connection session = router.connect();
                Connection other = router.connect(atLogin)) {
            Sql.awaitStandby(session, "SELECT lower('A')");
            Sql.run(session, "SET search_path = elsewhere, public");
            for (Connection each : List.of(session, other)) {
                assertThat(Sql.ask(each, "SELECT lower('A'::text)")).isEqualTo("a");
                assertThat(routeOf(each, "SELECT n FROM orders")).startsWith("writer: ");
                assertThat(routeOf(each, "SELECT calls()")).startsWith("writer: ");
            }
            Sql.run(session, "RESET search_path");
            Sql.awaitStandby(session, "SELECT calls()");
        }
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What decides a route apart from the text: what was learned, the catalog, the administrator and the session's own wish. */
@ExtendWith(SharedCluster.class)
final class RouteIT {
    private static final String SETUP = """
            DROP TABLE IF EXISTS route CASCADE;
            CREATE TABLE route(n int);
            CREATE OR REPLACE FUNCTION route_write(i int) RETURNS int LANGUAGE plpgsql AS
              $$BEGIN INSERT INTO route VALUES (i); RETURN i; END$$;
            CREATE OR REPLACE FUNCTION route_swallow() RETURNS text LANGUAGE plpgsql AS
              $$BEGIN INSERT INTO route VALUES (0); RETURN 'written'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END$$;
            CREATE OR REPLACE FUNCTION route_caller() RETURNS text LANGUAGE sql AS 'SELECT route_swallow()';
            CREATE OR REPLACE FUNCTION route_harmless() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$;
            CREATE OR REPLACE FUNCTION route_stable() RETURNS int STABLE LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$;
            CREATE OR REPLACE VIEW route_view AS SELECT route_caller() AS x""";

    private final PostgresCluster cluster;

    RouteIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private RouterProcess router(String directives) throws Exception {
        cluster.run(1, SETUP);
        cluster.awaitReplay(1);
        RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with(directives));
        try (Connection session = router.connect()) {
            Sql.awaitStandby(session, "SELECT route_stable()");
        }
        return router;
    }

    private static String routeOf(Connection session, String sql) throws SQLException {
        Sql.ask(session, sql);
        return Sql.ask(session, "SHOW pgrouter.last_route");
    }

    @Test
    @Tag("versions")
    void aRefusedStatementIsLearnedForAllSessionsProtocolsAndLiterals() throws Exception {
        Properties simple = new Properties();
        simple.setProperty("preferQueryMode", "simple");
        try (RouterProcess router = router("");
                Connection one = router.connect();
                Connection other = router.connect(simple)) {
            assertThat(routeOf(one, "SELECT route_write(1)")).isEqualTo("writer: redirected, 25006");
            assertThat(routeOf(one, "SELECT route_write(2)")).isEqualTo("writer: learned");
            assertThat(routeOf(other, "SELECT route_write(3)")).isEqualTo("writer: learned");
            assertThat(router.status()).contains("learned 1 routes 2");
            Sql.run(one, "CREATE TABLE route_ddl(a int)");
            Sql.run(one, "DROP TABLE route_ddl");
            assertThat(routeOf(other, "SELECT route_write(4)")).doesNotContain("learned");
            assertThat(cluster.ask(1, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM route"))
                    .isEqualTo("1 2 3 4");
        }
    }

    /** The same text reads a table for one, and calls a function that writes for the other. */
    @Test
    void aRefusalIsLearnedOnlyForSessionsInWhichTheNamesMeanTheSame() throws Exception {
        cluster.run(1, SETUP);
        cluster.run(1, """
                DROP SCHEMA IF EXISTS route_other CASCADE;
                CREATE SCHEMA route_other;
                CREATE VIEW route_other.items AS SELECT public.route_write(1) AS n;
                CREATE TABLE items AS SELECT 1 AS n""");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection other = router.connect();
                Connection session = router.connect();
                Connection third = router.connect()) {
            Sql.run(other, "SET search_path = route_other, public");
            Sql.awaitStandby(other, "SELECT public.route_stable()");
            assertThat(routeOf(other, "SELECT * FROM items")).isEqualTo("writer: redirected, 25006");
            assertThat(routeOf(other, "SELECT * FROM items")).isEqualTo("writer: learned");
            assertThat(routeOf(session, "SELECT * FROM items")).startsWith("reader ");
            Sql.run(third, "SET search_path = route_other, public");
            assertThat(routeOf(third, "SELECT * FROM items")).isEqualTo("writer: learned");
        } finally {
            cluster.run(1, "DROP SCHEMA route_other CASCADE; DROP TABLE items");
        }
    }

    @Test
    @Tag("versions")
    void aFunctionThatCatchesTheRefusalAndWhatIsBuiltOnItIsForTheWriter() throws Exception {
        try (RouterProcess router = router("");
                Connection session = router.connect()) {
            assertThat(Sql.ask(session, "SELECT route_swallow()")).isEqualTo("written");
            assertThat(Sql.ask(session, "SELECT route_caller()")).isEqualTo("written");
            assertThat(Sql.ask(session, "SELECT * FROM route_view")).isEqualTo("written");
            assertThat(cluster.ask(1, "SELECT count(*) FROM route")).isEqualTo("3");
        }
    }

    @Test
    @Tag("versions")
    void aFunctionThatIsMadeLaterIsFoundBeforeItsFirstUse() throws Exception {
        try (RouterProcess router = router("");
                Connection making = router.connect();
                Connection using = router.connect()) {
            Sql.run(making, """
                    CREATE OR REPLACE FUNCTION route_later() RETURNS text LANGUAGE plpgsql AS
                      $$BEGIN IF pg_is_in_recovery() THEN RETURN 'standby'; END IF; RETURN 'primary'; END$$""");
            assertThat(Sql.ask(using, "SELECT route_later()")).isEqualTo("primary");
            Sql.awaitStandby(using, "SELECT route_harmless()");
            assertThat(Sql.ask(using, "SELECT route_later()")).isEqualTo("primary");
            Sql.run(making, "DROP FUNCTION route_later()");
        }
    }

    @Test
    void theAdministratorNamesFunctionsAndTexts() throws Exception {
        String rules = "route { functions ask; writer function public.route_harmless; writer matching 'queue *entry';"
                + " writer matching '(x+)+y';"
                + " reader matching 'pg_stat_bgwriter' }";
        try (RouterProcess router = router(rules);
                Connection session = router.connect()) {
            assertThat(Sql.ask(session, "SELECT route_swallow()")).isEqualTo("25006");
            assertThat(routeOf(session, "SELECT route_harmless()")).isEqualTo("writer: statement");
            assertThat(routeOf(session, "SELECT 1 AS Queue_entry, 2 AS \"queue entry\""))
                    .isEqualTo("writer: hint");
            assertThat(routeOf(session, "SELECT '" + "x".repeat(10_000) + "'")).isEqualTo("writer: hint");
            router.awaitLog("a text takes it too long to search");
            assertThat(router.log()).containsOnlyOnce("route matching '(x+)+y': a text takes it too long to search");
            assertThat(routeOf(session, "SELECT count(*) FROM pg_stat_bgwriter"))
                    .startsWith("reader ");
        }
    }

    @Test
    void volatileFunctionsAreForTheWriterWhereTheAdministratorSaysSo() throws Exception {
        try (RouterProcess router = router("route { functions volatile }");
                Connection session = router.connect()) {
            assertThat(routeOf(session, "SELECT route_harmless()")).isEqualTo("writer: statement");
            assertThat(routeOf(session, "SELECT 1")).isNotEqualTo("writer: statement");
        }
    }

    @Test
    void aSessionSaysWhereItWantsToRead() throws Exception {
        try (RouterProcess router = router("");
                Connection session = router.connect()) {
            assertThat(Sql.ask(session, "SHOW pgrouter.route")).isEqualTo("auto");
            assertThat(Sql.ask(session, "SHOW pgrouter.transactions")).isEqualTo("primary");
            Sql.run(session, "SET pgrouter.transactions = optimistic");
            assertThat(Sql.ask(session, "SHOW pgrouter.transactions")).isEqualTo("optimistic");
            Sql.run(session, "SET pgrouter.route = writer");
            assertThat(routeOf(session, "SELECT 1")).isEqualTo("writer: pgrouter.route");
            assertThat(Sql.ask(session, "SHOW pgrouter.route")).isEqualTo("writer");
            Sql.run(session, "SET pgrouter.route TO 'reader'");
            assertThat(routeOf(session, "SELECT pg_is_in_recovery()")).startsWith("reader ");
            Sql.run(session, "RESET pgrouter.route");
            assertThat(Sql.ask(session, "SELECT pg_is_in_recovery()")).isEqualTo("f");
        }
    }

    @Test
    void theStartupOptionsSayItToo() throws Exception {
        Properties options = new Properties();
        options.setProperty("options", "-c pgrouter.route=writer");
        try (RouterProcess router = router("");
                Connection session = router.connect(options)) {
            assertThat(routeOf(session, "SELECT 1")).isEqualTo("writer: pgrouter.route");
        }
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        return new RouterProcess.Options().http().with(block);
    }

    /** The session before has left its two, to the primary and to a standby. */
    private static void awaitBothKept(RouterProcess router) {
        router.awaitKept(2);
    }

    private void awaitEnd(String process) {
        Await.until(
                "the server's process has ended",
                () -> cluster.ask(1, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + process)
                        .equals("0"));
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
    @Tag("versions")
    void nothingOfASessionIsLeft() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 1 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(
                        connection,
                        "SET work_mem = '77MB'; SET search_path = pg_catalog; SET application_name = 'before'");
                Sql.run(connection, "SET ROLE app");
                Sql.run(connection, "CREATE SEQUENCE public.left_counting; SELECT nextval('public.left_counting')");
                Sql.run(connection, "PREPARE left_prepared AS SELECT 1");
                Sql.run(connection, "LISTEN left_listening");
                Sql.run(connection, "DECLARE left_open CURSOR WITH HOLD FOR SELECT 1");
                Sql.ask(connection, "SELECT pg_advisory_lock(4711)");
            }
            awaitBothKept(router);
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, PID)).isEqualTo(first);
                assertThat(Sql.ask(connection, "SHOW work_mem")).isEqualTo("4MB");
                assertThat(Sql.ask(connection, "SHOW role")).isEqualTo("none");
                assertThat(Sql.ask(connection, "SHOW search_path")).isEqualTo("\"$user\", public");
                assertThat(Sql.ask(connection, "SHOW application_name")).isNotEqualTo("before");
                assertThat(Failures.of(() -> Sql.ask(connection, "SELECT lastval()")))
                        .isEqualTo("55000");
                assertThat(Failures.of(() -> Sql.run(connection, "EXECUTE left_prepared")))
                        .isEqualTo("26000");
                assertThat(Failures.of(() -> Sql.run(connection, "FETCH left_open")))
                        .isEqualTo("34000");
                assertThat(Sql.ask(connection, "SELECT count(*) FROM pg_listening_channels()"))
                        .isEqualTo("0");
                Sql.run(connection, "DROP SEQUENCE left_counting");
            }
        }
    }

    /** What DISCARD ALL does not undo goes with its process. */
    @Test
    @Tag("versions")
    void aProcessThatCannotForgetIsNotMetAgain() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(connection, "SET my.parameter = 'left'");
            }
            awaitEnd(first);
            try (Connection connection = router.connect()) {
                assertThat(Failures.of(() -> Sql.ask(connection, "SELECT current_setting('my.parameter')")))
                        .isEqualTo("42704");
            }
        }
    }

    /** Of a parameter of nobody's the name is left, with an empty value. */
    @Test
    void aProcessThatHasHeardOfAParameterForOneTransactionIsNotMetAgain() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(connection, "BEGIN; SET LOCAL my.parameter = 'left'; COMMIT");
            }
            awaitEnd(first);
            try (Connection connection = router.connect()) {
                assertThat(Failures.of(() -> Sql.ask(connection, "SELECT current_setting('my.parameter')")))
                        .isEqualTo("42704");
            }
        }
    }

    /** It is part of what the process was started with. */
    @Test
    void aProcessThatWasStartedWithASettingOfPgroutersOwnIsMetAgain() throws Exception {
        Properties started = new Properties();
        started.setProperty("options", "-c pgrouter.route=writer");
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect(started)) {
                first = Sql.ask(connection, PID);
            }
            awaitBothKept(router);
            try (Connection connection = router.connect(started)) {
                assertThat(Sql.ask(connection, PID)).isEqualTo(first);
                assertThat(Sql.ask(connection, "SHOW pgrouter.route")).isEqualTo("writer");
            }
        }
    }

    /** Its schema outlives the temporary tables, and DISCARD ALL. */
    @Test
    void aProcessThatHasASchemaOfTemporaryTablesIsNotMetAgain() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(connection, "CREATE TEMP TABLE left_behind (id serial) ON COMMIT DROP");
            }
            awaitEnd(first);
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, "SELECT pg_my_temp_schema()")).isEqualTo("0");
            }
        }
    }

    /** The schema goes with the transaction that has made it. */
    @Test
    void aProcessWhoseTemporaryTableWasRolledBackIsMetAgain() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            String first;
            try (Connection connection = router.connect()) {
                first = Sql.ask(connection, PID);
                Sql.run(connection, "BEGIN; CREATE TEMP TABLE left_behind (id serial); ROLLBACK");
            }
            awaitBothKept(router);
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, PID)).isEqualTo(first);
                assertThat(Sql.ask(connection, "SELECT pg_my_temp_schema()")).isEqualTo("0");
            }
        }
    }

    /** No text shows it: the server is asked, or the process is not met again. */
    @Test
    void whatAStatementLeavesUnseenIsNotMetAgain() throws Exception {
        String seeded;
        try (Connection direct = cluster.connect(1, "app", PostgresCluster.Login.APP)) {
            Sql.ask(direct, "SELECT setseed(0.5)");
            seeded = Sql.ask(direct, "SELECT random()");
        }
        // With two standbys more than two would be kept.
        try (RouterProcess router = RouterProcess.start(
                pool("pool { size 5 }"), RouterProcess.address(cluster, 1), RouterProcess.address(cluster, 2))) {
            router.awaitReaders(1);
            for (String statement : List.of(
                    "SELECT 1",
                    "SET transaction_deferrable = on",
                    "SELECT set_config('transaction_read_only', 'on', false)",
                    "SELECT set_config('seed', '0.5', false)",
                    "BEGIN; SET LOCAL seed = 0.5; COMMIT",
                    "DO $$ BEGIN EXECUTE 'SELECT set' || 'seed(0.5)'; END $$",
                    "SELECT set_config('left' || '.behind', 'x', true)",
                    "PREPARE left_config AS SELECT set_config($1, $2, true); EXECUTE left_config('my.hidden', 'x')",
                    "DO $$ BEGIN EXECUTE 'CREATE TE' || 'MP TABLE left_behind (a int)'; END $$")) {
                String process;
                try (Connection connection = router.connect()) {
                    process = Sql.ask(connection, PID);
                    Sql.run(connection, statement);
                }
                awaitBothKeptOrEnded(router, process);
                try (Connection connection = router.connect()) {
                    assertThat(Sql.ask(connection, "/* pgrouter: writer */ SELECT random()"))
                            .as(statement)
                            .isNotEqualTo(seeded);
                    assertThat(Sql.ask(connection, LEFT)).as(statement).isEqualTo("t 0 0");
                }
            }
        }
    }

    private static final String LEFT = "/* pgrouter: writer */ SELECT pg_catalog.concat_ws(' ', "
            + "pg_catalog.current_setting('my.hidden', true) IS NULL, pg_catalog.pg_my_temp_schema(), "
            + "(SELECT count(*) FROM pg_settings WHERE name LIKE 'plpgsql.%' "
            + "OR name IN ('transaction_read_only', 'transaction_deferrable') AND source <> 'override'))";

    private void awaitBothKeptOrEnded(RouterProcess router, String process) {
        Await.until(
                "both connections are kept, or the process has ended",
                () -> router.keeps(2)
                        || cluster.ask(1, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + process)
                                .equals("0"));
    }

    private static String outcome(RouterProcess router) {
        try (Connection connection = router.connect()) {
            return Sql.ask(connection, "SELECT 'is in'");
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private void runDirectly(String sql) throws SQLException {
        try (Connection superuser = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(superuser, sql);
        }
    }

    /** It was changed elsewhere: pgrouter sees nothing of it but that the backends look other than before. */
    @ParameterizedTest
    @Tag("versions")
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER ROLE app NOLOGIN | ALTER ROLE app LOGIN | 28000",
                "ALTER ROLE app VALID UNTIL '2000-01-01' | ALTER ROLE app VALID UNTIL 'infinity' | 28P01",
                "ALTER ROLE app CONNECTION LIMIT 0 | ALTER ROLE app CONNECTION LIMIT -1 | 53300",
                "ALTER DATABASE app ALLOW_CONNECTIONS false | ALTER DATABASE app ALLOW_CONNECTIONS true | 55000"
            })
    void whoMayNotLogInAnyMoreFindsNoProcessOfBefore(String change, String back, String sqlState) throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            assertThat(outcome(router)).isEqualTo("is in");
            awaitBothKept(router);
            runDirectly(change);
            try {
                Await.until("nobody gets in", () -> outcome(router).equals(sqlState));
            } finally {
                runDirectly(back);
            }
            Await.until("app gets in again", () -> outcome(router).equals("is in"));
        }
        cluster.awaitReplay(1);
    }

    @Test
    void aSettingOfTheRoleHoldsForTheNextSession() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster, pool("pool { size 5 }"))) {
            assertThat(outcome(router)).isEqualTo("is in");
            awaitBothKept(router);
            try (Connection connection = router.connect()) {
                Sql.run(connection, "ALTER ROLE app SET work_mem = '7MB'");
            }
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, "SHOW work_mem")).isEqualTo("7MB");
                Sql.run(connection, "ALTER ROLE app RESET work_mem");
            }
            assertThat(outcome(router)).isEqualTo("is in");
        }
        cluster.awaitReplay(1);
    }

    /** Nobody is connected to it any more, but for pgrouter. */
    @Test
    void aDatabaseThatNobodyUsesIsCopiedRenamedAndDropped() throws Exception {
        RouterProcess.Options options =
                pool("pool { size 5 }").authDb("app plain app-secret\npostgres plain postgres\n");
        runDirectly("CREATE DATABASE tenant OWNER app");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster, options)) {
            for (String statement : List.of(
                    "CREATE DATABASE tenant_copy TEMPLATE tenant",
                    "ALTER DATABASE tenant RENAME TO tenant_old",
                    "ALTER DATABASE tenant_old RENAME TO tenant",
                    "DROP DATABASE tenant",
                    "DROP DATABASE tenant_copy")) {
                visit(router, "tenant_copy");
                visit(router, "tenant");
                try (Connection superuser = at(router, "postgres", PostgresCluster.Login.SUPERUSER)) {
                    Sql.run(superuser, statement);
                }
            }
        } finally {
            runDirectly("DROP DATABASE IF EXISTS tenant_copy");
            runDirectly("DROP DATABASE IF EXISTS tenant");
        }
        cluster.awaitReplay(1);
    }

    /** The session's own connection to the template is the only one that the server sees. */
    @Test
    @Tag("versions")
    void theDatabaseOfASessionIsCopied() throws Exception {
        RouterProcess.Options options = pool("pool { size 5 }").authDb("postgres plain postgres\n");
        runDirectly("CREATE DATABASE tenant");
        cluster.awaitReplay(1);
        try (RouterProcess router = RouterProcess.before(cluster, options);
                Connection superuser = at(router, "tenant", PostgresCluster.Login.SUPERUSER)) {
            Sql.ask(superuser, "SELECT 1");
            for (int i = 0; i < 5; i++) {
                Sql.run(superuser, "CREATE DATABASE tenant_copy TEMPLATE tenant");
                Sql.run(superuser, "DROP DATABASE tenant_copy");
            }
        } finally {
            runDirectly("DROP DATABASE IF EXISTS tenant_copy");
            runDirectly("DROP DATABASE IF EXISTS tenant");
        }
        cluster.awaitReplay(1);
    }

    private static Connection at(RouterProcess router, String database, PostgresCluster.Login login)
            throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + router.port() + "/" + database, login.user(), login.password());
    }

    /** Where there is no such database, there is nothing to see. */
    private static void visit(RouterProcess router, String database) {
        try (Connection connection = at(router, database, PostgresCluster.Login.APP)) {
            Sql.ask(connection, "SELECT 1");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("3D000");
        }
    }
}

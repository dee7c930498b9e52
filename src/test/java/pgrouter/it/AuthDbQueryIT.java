package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.Examples;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Users whom only the nodes know log in to pgrouter by what the nodes keep of their passwords. */
@ExtendWith(SharedCluster.class)
class AuthDbQueryIT {
    private static String function;
    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void createFunction(PostgresCluster shared) throws Exception {
        function = Examples.ofReadme("authdb query").text();
        cluster = shared;
        superuser(Examples.ofReadme("CREATE FUNCTION pgrouter_password").text());
    }

    @AfterAll
    static void dropFunctionAndRoles() throws Exception {
        superuser("DROP FUNCTION pgrouter_password; DROP ROLE IF EXISTS ann, old, ben, carl, dora, emil, fay");
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private static void superuser(String sql) throws SQLException {
        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, sql);
        }
        cluster.awaitReplay(1);
    }

    private static void role(String name, String password) throws SQLException {
        superuser("DROP ROLE IF EXISTS " + name);
        superuser("CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    }

    private void start(String directives) throws Exception {
        router = RouterProcess.before(cluster, new RouterProcess.Options().with(directives));
    }

    private Connection connect(String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return router.connect(properties);
    }

    private String logIn(String user, String password) {
        try (Connection connection = connect(user, password)) {
            return Sql.ask(connection, "SELECT current_user");
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    @Test
    @Tag("versions")
    void aFunctionTellsThePasswordAndThatOpensAllNodes() throws Exception {
        role("ann", "one");
        start(function);
        try (Connection connection = connect("ann", "one")) {
            assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo("ann");
            assertThat(router.countOnStandbys(cluster, "reads")).isPositive();
            assertThat(Sql.ask(connection, "SELECT txid_current() > 0")).isEqualTo("t");
        }
        assertThat(logIn("ann", "wrong")).isEqualTo("28P01");
        assertThat(logIn("nobody", "one")).isEqualTo("28P01");
        assertThat(logIn("app", "app-secret")).isEqualTo("app");
    }

    @Test
    void anMd5PasswordIsTakenAsItIs() throws Exception {
        superuser("DROP ROLE IF EXISTS old");
        superuser("SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'one'");
        start(function);
        SQLException refused = catchThrowableOfType(
                SQLException.class, () -> connect("old", "one").close());
        assertThat(refused.getMessage()).as("the nodes ask for SCRAM").contains("only the md5 hash");
        assertThat(logIn("old", "wrong")).isEqualTo("28P01");
    }

    @Test
    void aChangedPasswordCountsAtOnceWhereTheOldOneWasUsedInVain() throws Exception {
        role("ben", "one");
        start(function);
        assertThat(logIn("ben", "one")).isEqualTo("ben");
        superuser("ALTER ROLE ben PASSWORD 'two'");
        assertThat(logIn("ben", "two")).isEqualTo("28P01");
        assertThat(logIn("ben", "two")).isEqualTo("ben");
        assertThat(logIn("ben", "one")).isEqualTo("28P01");
    }

    @Test
    @Tag("versions")
    void theHealthRoleMayReadTheCatalogItself() throws Exception {
        role("carl", "one");
        superuser("GRANT SELECT ON pg_authid TO pgrouter");
        try {
            start("authdb query");
            assertThat(logIn("carl", "one")).isEqualTo("carl");
            superuser("ALTER ROLE carl VALID UNTIL '2020-01-01'");
            assertThat(logIn("carl", "wrong")).isEqualTo("28P01");
            assertThat(logIn("carl", "one")).isEqualTo("28P01");
        } finally {
            superuser("REVOKE SELECT ON pg_authid FROM pgrouter");
        }
    }

    @Test
    void whereItMayNotTheLogSaysWhatToDoAndOthersLogIn() throws Exception {
        start("authdb query");
        assertThat(logIn("postgres", "postgres")).isEqualTo("57P03");
        Await.until("the log says it", () -> router.log().contains("users cannot be looked up"));
        router.awaitLog("permission denied for table pg_authid");
        assertThat(router.log()).contains("SECURITY DEFINER");
        assertThat(logIn("app", "app-secret")).isEqualTo("app");
    }

    @Test
    void aReloadChangesWhomToAsk() throws Exception {
        role("dora", "one");
        start("");
        assertThat(logIn("dora", "one")).isEqualTo("28P01");
        router.rewrite(config -> function + "\n" + config);
        router.reload();
        assertThat(logIn("dora", "one")).isEqualTo("dora");
        router.rewrite(config -> config.replace(function, ""));
        router.reload();
        assertThat(logIn("dora", "one")).isEqualTo("28P01");
    }

    /** The connection that asks is one like any other. */
    @Test
    void theNodesMayEndTheConnectionThatAsks() throws Exception {
        role("emil", "one");
        start(function);
        assertThat(logIn("nobody", "x")).isEqualTo("28P01");
        String ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE application_name = 'pgrouter authdb'";
        assertThat(cluster.ask(1, ended)).isEqualTo("1");
        assertThat(logIn("emil", "one")).isEqualTo("emil");
    }

    @Test
    void whileThereIsNoPrimaryAStandbyTells() throws Exception {
        role("fay", "one");
        start(function);
        cluster.stop(1);
        try {
            router.awaitStatus(
                    "the primary is gone", status -> status.stream().noneMatch(line -> line.contains(" primary OK ")));
            Await.until(
                    "a login is served by the standby",
                    () -> logIn("fay", "one").equals("fay"));
        } finally {
            cluster.start(1);
        }
    }
}

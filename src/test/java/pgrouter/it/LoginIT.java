package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.auth.Md5Password;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** Every kind of authdb entry against every method that a backend can ask for. */
class LoginIT {
    private static final String PASSWORD = "pass word";

    private static PostgresCluster cluster;
    private static RouterProcess router;

    @BeforeAll
    static void start() throws Exception {
        PostgresCluster.Options options = PostgresCluster.Options.standard().withStandbys(1);
        for (String method : new String[] {"trust", "password", "md5", "scram-sha-256"}) {
            options = options.withHba("host all by_" + method.replace("-", "_") + " 127.0.0.1/32 " + method);
        }
        cluster = PostgresCluster.start(options);
        StringBuilder authDb = new StringBuilder("app plain app-secret\n");
        for (String method : new String[] {"trust", "password", "md5", "scram_sha_256"}) {
            makeRole("by_" + method, method.equals("md5") ? "md5" : "scram-sha-256");
            authDb.append("by_")
                    .append(method)
                    .append(" plain '")
                    .append(PASSWORD)
                    .append("'\n");
        }
        router = RouterProcess.before(
                cluster, new RouterProcess.Options().authDb(authDb.toString()).with("backend default { auth any }\n"));
    }

    @AfterAll
    static void stop() throws Exception {
        router.close();
        cluster.close();
    }

    private static void makeRole(String name, String encryption) throws SQLException {
        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, "SET password_encryption = '" + encryption + "'");
            Sql.run(connection, "CREATE ROLE " + name + " LOGIN PASSWORD '" + PASSWORD + "'");
        }
        cluster.awaitReplay(1);
    }

    private static Connection connect(RouterProcess through, String user, String password, String database)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("assumeMinServerVersion", "13");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + through.port() + "/" + database, properties);
    }

    private static SQLException refused(RouterProcess through, String user, String password, String database) {
        return catchThrowableOfType(
                SQLException.class,
                () -> connect(through, user, password, database).close());
    }

    @ParameterizedTest
    @Tag("versions")
    @CsvSource({"by_trust", "by_password", "by_md5", "by_scram_sha_256"})
    void aPlainEntryOpensBackendsOfEveryMethodThatIsAllowed(String user) throws Exception {
        try (Connection connection = connect(router, user, PASSWORD, "postgres")) {
            assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo(user);
        }
        assertThat(router.count(RouterProcess.address(cluster, 2), "reads")).isPositive();
    }

    @Test
    void aPasswordInPlainIsShownByScramOnlyWhereNothingElseIsSaid() throws Exception {
        String authDb = Stream.of("by_trust", "by_password", "by_md5", "by_scram_sha_256")
                .map(user -> user + " plain '" + PASSWORD + "'\n")
                .collect(Collectors.joining());
        try (RouterProcess usual = RouterProcess.before(cluster, new RouterProcess.Options().authDb(authDb))) {
            for (String user : List.of("by_trust", "by_scram_sha_256")) {
                connect(usual, user, PASSWORD, "postgres").close();
            }
            assertThat(refused(usual, "by_md5", PASSWORD, "postgres").getMessage())
                    .contains(RouterProcess.address(cluster, 1), "for md5, but", "set `auth md5`");
            assertThat(refused(usual, "by_password", PASSWORD, "postgres").getMessage())
                    .contains("for password, but", "set `auth password`");
        }
    }

    @Test
    void anMd5EntryOpensAnMd5BackendAndNamesWhatItCannotDo() throws Exception {
        String hash = Md5Password.hash("by_md5", PASSWORD);
        String other = Md5Password.hash("by_scram_sha_256", PASSWORD);
        String authDb = "by_md5 md5 " + hash + "\nby_scram_sha_256 md5 " + other + "\n";
        try (RouterProcess md5 = RouterProcess.before(cluster, new RouterProcess.Options().authDb(authDb))) {
            try (Connection connection = connect(md5, "by_md5", PASSWORD, "postgres")) {
                assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo("by_md5");
            }
            SQLException error = refused(md5, "by_scram_sha_256", PASSWORD, "postgres");
            assertThat(error.getSQLState()).isEqualTo("28000");
            assertThat(error.getMessage())
                    .contains(RouterProcess.address(cluster, 1), "by_scram_sha_256", "scram-sha-256", "md5 hash")
                    .doesNotContain(PASSWORD, other);
        }
    }

    @Test
    void aVerifierChecksTheClientAndOpensATrustingBackend() throws Exception {
        String verifier = cluster.ask(1, "SELECT rolpassword FROM pg_authid WHERE rolname = 'by_trust'");
        try (RouterProcess scram = RouterProcess.before(
                cluster, new RouterProcess.Options().authDb("by_trust scram-sha-256 " + verifier))) {
            try (Connection connection = connect(scram, "by_trust", PASSWORD, "postgres")) {
                assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo("by_trust");
            }
            assertThat(refused(scram, "by_trust", "wrong", "postgres").getSQLState())
                    .isEqualTo("28P01");
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownUserLookTheSame() {
        SQLException wrong = refused(router, "app", "wrong", "app");
        SQLException unknown = refused(router, "nobody", "wrong", "app");
        assertThat(wrong.getSQLState()).isEqualTo("28P01");
        assertThat(unknown.getSQLState()).isEqualTo("28P01");
        assertThat(wrong.getMessage()).contains("password authentication failed for user \"app\"");
        assertThat(unknown.getMessage()).contains("password authentication failed for user \"nobody\"");
    }

    @Test
    @Tag("versions")
    void theErrorsOfThePrimaryReachTheClientAsItWroteThem() throws Exception {
        SQLException missing = refused(router, "app", "app-secret", "nowhere");
        assertThat(missing.getSQLState()).isEqualTo("3D000");
        assertThat(missing.getMessage()).contains("database \"nowhere\" does not exist");

        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, "ALTER ROLE by_md5 CONNECTION LIMIT 0");
            SQLException tooMany = refused(router, "by_md5", PASSWORD, "postgres");
            Sql.run(connection, "ALTER ROLE by_md5 CONNECTION LIMIT -1");
            assertThat(tooMany.getSQLState()).isEqualTo("53300");
        }
    }

    @Test
    @Tag("versions")
    void whatTheClientAsksForAtLoginHoldsOnBothNodes() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("options", "-c work_mem=7MB -c statement_timeout=54321");
        properties.setProperty("ApplicationName", "story");
        try (Connection connection = router.connect(properties)) {
            assertThat(Sql.ask(connection, "SELECT current_setting('work_mem')"))
                    .isEqualTo("7MB");
            assertThat(Sql.ask(connection, "SELECT current_setting('application_name')"))
                    .isEqualTo("story");
            assertThat(Sql.ask(connection, "SHOW work_mem")).isEqualTo("7MB");
            assertThat(Sql.ask(connection, "SHOW application_name")).isEqualTo("story");
        }
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.Md5Password;
import pgrouter.config.BackendTls.Mode;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.TlsFiles;

/** TLS on both sides, with real clients and servers: what works and what fails is what PostgreSQL itself does without pgrouter. */
class TlsIT {
    private static final String PASSWORD = "pass word";

    /** By the method of pg_hba.conf. The names that begin with {@code only} log in over TLS or not at all. */
    private static final Map<String, String> METHODS = new LinkedHashMap<>();

    private static final Path FILES = TlsFiles.file("").toAbsolutePath();

    @TempDir
    private static Path keys;

    private static PostgresCluster cluster;
    private static String authDb;
    private RouterProcess router;

    @BeforeAll
    static void startCluster() throws Exception {
        METHODS.put("only_trust", "trust");
        METHODS.put("only_password", "password");
        METHODS.put("only_md5", "md5");
        METHODS.put("only_scram", "scram-sha-256");
        METHODS.put("only_cert", "scram-sha-256 clientcert=verify-ca");
        METHODS.put("any_md5", "md5");
        METHODS.put("any_scram", "scram-sha-256");
        PostgresCluster.Options options =
                PostgresCluster.Options.standard().withStandbys(1).withTls(FILES);
        for (Map.Entry<String, String> method : METHODS.entrySet()) {
            String kind = method.getKey().startsWith("only") ? "hostssl" : "host";
            options = options.withHba(kind + " all " + method.getKey() + " 127.0.0.1/32 " + method.getValue())
                    .withHba("hostnossl all " + method.getKey() + " 127.0.0.1/32 reject");
        }
        cluster = PostgresCluster.start(options);
        makeRoles();
        for (String name : List.of("client", "stranger", "revoked")) {
            Files.copy(TlsFiles.file(name + ".key"), keys.resolve(name + ".key"));
            Files.setPosixFilePermissions(keys.resolve(name + ".key"), PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void makeRoles() throws SQLException {
        StringBuilder entries = new StringBuilder("app plain app-secret\n");
        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            for (String user : METHODS.keySet()) {
                boolean md5 = user.endsWith("md5");
                Sql.run(connection, "SET password_encryption = '" + (md5 ? "md5" : "scram-sha-256") + "'");
                Sql.run(connection, "CREATE ROLE " + user + " LOGIN PASSWORD '" + PASSWORD + "'");
                String plain = user + " plain '" + PASSWORD + "'\n";
                entries.append(md5 ? user + " md5 " + Md5Password.hash(user, PASSWORD) + "\n" : plain);
            }
        }
        authDb = entries.toString();
        cluster.awaitReplay(1);
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @AfterEach
    void stop() throws IOException {
        if (router != null) {
            router.close();
        }
    }

    private void start(String directives) throws IOException {
        router = RouterProcess.before(cluster, options(directives));
    }

    private static RouterProcess.Options options(String directives) {
        return new RouterProcess.Options().authDb(authDb).with(directives);
    }

    private static String towardsClients(String more) {
        return "tls { cert %s/server.crt; key %s/server.key; %s }\n".formatted(FILES, FILES, more);
    }

    private static String towardsBackends(String keys) {
        return "backend default { %s }\n".formatted(keys.replace("FILES", FILES.toString()));
    }

    /** "in", or how the driver's login has failed. */
    private static String logIn(int port, String user, Properties more) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", user.equals("app") ? "app-secret" : PASSWORD);
        properties.setProperty("sslrootcert", FILES.resolve("ca.crt").toString());
        properties.setProperty("assumeMinServerVersion", "13");
        properties.putAll(more);
        try (Connection connection =
                DriverManager.getConnection("jdbc:postgresql://localhost:" + port + "/postgres", properties)) {
            return Sql.ask(connection, "SELECT 'in'");
        } catch (SQLException e) {
            return e.getSQLState() + " " + String.valueOf(e.getMessage()).replaceAll("localhost:\\d+", "");
        }
    }

    private static Properties properties(String... pairs) {
        Properties properties = new Properties();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.setProperty(pairs[i], pairs[i + 1]);
        }
        return properties;
    }

    /** Towards the backend: all modes, and all methods by which a backend lets pgrouter in. */
    @ParameterizedTest
    @Tag("versions")
    @EnumSource
    void aBackendLetsInWhomItWouldLetInWithoutPgrouter(Mode mode) throws Exception {
        assumeTrue(mode != Mode.DIRECT || isAtLeast17());
        String keys = mode == Mode.SKIPVERIFY ? "tls skipverify" : "tls " + mode + "; ca FILES/ca.crt";
        start(towardsBackends(keys + "; auth password"));
        Properties clear = properties("sslmode", "disable");
        Properties asPgrouter = properties("sslmode", mode == Mode.OFF ? "disable" : "require");
        for (String user : METHODS.keySet()) {
            assertThat(logIn(router.port(), user, clear))
                    .as("%s at a backend with tls %s", user, mode)
                    .isEqualTo(
                            user.equals("only_cert") && mode == Mode.OFF
                                    ? logIn(cluster.port(1), user, clear)
                                    : logIn(cluster.port(1), user, asPgrouter));
        }
        String encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                + " WHERE usename = 'pgrouter'";
        for (int node = 1; node <= cluster.nodes(); node++) {
            if (mode != Mode.OFF) {
                int asked = node;
                Await.until(
                        "the probes of node " + node + " are encrypted",
                        () -> "t".equals(cluster.ask(asked, "SELECT coalesce((" + encrypted + "), true)")));
            }
        }
    }

    private static boolean isAtLeast17() {
        return Integer.parseInt(PostgresCluster.Options.standard().postgres().replaceFirst("\\..*", "")) >= 17;
    }

    @Test
    void aBackendThatWantsACertificateGetsIt() throws Exception {
        start(towardsBackends("tls on; ca FILES/ca.crt; cert FILES/client.crt; key FILES/client.key"));
        assertThat(logIn(router.port(), "only_cert", properties("sslmode", "disable")))
                .isEqualTo("in");
        try (Connection connection = router.connect()) {
            String question = "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            assertThat(Sql.ask(connection, question)).isEqualTo("/CN=app");
        }
    }

    @Test
    void aBackendOfAnUnknownAuthorityIsNotUsedAndTheMonitorSaysWhy() throws Exception {
        String address = RouterProcess.address(cluster, 1);
        router = RouterProcess.start(options(towardsBackends("tls on; ca FILES/other-ca.crt")), address);
        router.awaitStatus(
                "the reason",
                status -> status.stream()
                        .anyMatch(line ->
                                line.startsWith(address + " reason ") && line.contains("TLS failed: unable to find")));
        assertThat(router.status()).contains("backends 0/1");
    }

    /** Towards the client: all modes and bindings of both drivers, with both methods by which pgrouter asks. */
    @Test
    void libpqAndPgjdbcAreLetInAndRefusedAsByPostgresql() throws Exception {
        start(towardsClients("") + towardsBackends("tls require"));
        List<String> differ = new ArrayList<>();
        for (String user : List.of("any_scram", "any_md5")) {
            for (String mode : List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full")) {
                for (String binding : List.of("disable", "prefer", "require")) {
                    Properties properties = properties("sslmode", mode, "channelBinding", binding);
                    compare(differ, "pgjdbc " + properties, port -> logIn(port, user, properties));
                    compareLibpq(differ, user, mode, binding, "ca.crt");
                }
                compareLibpq(differ, user, mode, "prefer", "other-ca.crt");
            }
        }
        assertThat(differ).isEmpty();
    }

    private interface Login {
        String by(int port) throws Exception;
    }

    private void compare(List<String> differ, String how, Login login) throws Exception {
        String direct = login.by(cluster.port(1));
        String routed = login.by(router.port());
        if (!direct.equals(routed)) {
            differ.add(how + ": " + direct + " / " + routed);
        }
    }

    private void compareLibpq(List<String> differ, String user, String mode, String binding, String root)
            throws Exception {
        String options = " host=localhost hostaddr=127.0.0.1 dbname=postgres user=" + user + " sslmode=" + mode
                + " channel_binding=" + binding + " sslrootcert=" + FILES.resolve(root);
        if (Psql.isInstalled()) {
            compare(differ, "psql" + options, port -> Psql.run("port=" + port + options, PASSWORD, "SELECT 'in'"));
        }
    }

    /** The third kind of client that people try TLS with. */
    @Test
    void opensslSeesTheSameServer() throws Exception {
        assumeTrue(OpenSsl.isInstalled(), "openssl is not installed");
        start(towardsClients("ciphers HIGH"));
        for (String options : List.of(
                "-tls1_1",
                "-tls1_2",
                "-tls1_3",
                "-tls1_3 -verify_hostname db.example",
                "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256")) {
            assertThat(OpenSsl.connect(router.port(), FILES.resolve("ca.crt"), options))
                    .as(options)
                    .isEqualTo(OpenSsl.connect(cluster.port(1), FILES.resolve("ca.crt"), options));
        }
    }

    /** Who has shown a certificate once shows it again: it may have expired. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void noSessionIsResumed(String protocol, @TempDir Path directory) throws Exception {
        assumeTrue(OpenSsl.isInstalled(), "openssl is not installed");
        start(towardsClients(""));
        for (int i = 0; i < 2; i++) {
            assertThat(OpenSsl.session(router.port(), protocol, directory.resolve("session")))
                    .isEqualTo("New");
        }
    }

    @Test
    void aClientsCertificateThatWasTakenBackIsRefused() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start(towardsClients("ca " + FILES + "/ca.crt; crl " + FILES + "/ca.crl"));
        String options = "host=localhost hostaddr=127.0.0.1 dbname=postgres user=any_scram sslmode=require port=";
        assertThat(Psql.run(options + router.port() + certificate("client"), PASSWORD, "SELECT 'in'"))
                .isEqualTo("in");
        assertThat(Psql.run(options + router.port() + certificate("revoked"), PASSWORD, "SELECT 'in'"))
                .contains("SSL error:")
                .contains("alert");
    }

    @Test
    void tlsFromTheFirstByteNeedsNoRequest() throws Exception {
        start(towardsClients("require on"));
        Properties direct =
                properties("sslmode", "verify-full", "sslNegotiation", "direct", "channelBinding", "require");
        assertThat(logIn(router.port(), "any_scram", direct)).isEqualTo("in");
    }

    @Test
    void whereTlsIsRequiredItIsUsedByWhoCan() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start(towardsClients("require on"));
        String options =
                "host=localhost hostaddr=127.0.0.1 dbname=postgres user=any_scram port=" + router.port() + " sslmode=";
        assertThat(Psql.run(options + "disable", PASSWORD, "SELECT 'in'"))
                .isEqualTo(
                        "FATAL:  pgrouter rejects connection for user \"any_scram\", database \"postgres\", no encryption");
        for (String mode : List.of("allow", "prefer", "require")) {
            assertThat(Psql.run(options + mode, PASSWORD, "SELECT 'in'"))
                    .as(mode)
                    .isEqualTo("in");
        }
    }

    @Test
    void aClientsCertificateMustBeOfTheAuthorityWhereItShowsOne() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start(towardsClients("ca " + FILES + "/ca.crt"));
        String options = "host=localhost hostaddr=127.0.0.1 dbname=postgres user=any_scram sslmode=require port=";
        for (int port : List.of(router.port(), cluster.port(1))) {
            assertThat(Psql.run(options + port, PASSWORD, "SELECT 'in'")).isEqualTo("in");
            assertThat(Psql.run(options + port + certificate("client"), PASSWORD, "SELECT 'in'"))
                    .isEqualTo("in");
            assertThat(Psql.run(options + port + certificate("stranger"), PASSWORD, "SELECT 'in'"))
                    .contains("SSL error:")
                    .contains("alert");
        }
    }

    private static String certificate(String name) {
        return " sslcert=" + FILES.resolve(name + ".crt") + " sslkey=" + keys.resolve(name + ".key");
    }

    @Test
    void muchPassesThroughTlsOnBothSides() throws Exception {
        start(towardsClients("") + towardsBackends("tls on; ca FILES/ca.crt"));
        try (Connection connection = router.connect(properties("sslmode", "require"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE much (t text)");
            String large = "x".repeat(10_000_000);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO much VALUES (?)")) {
                insert.setString(1, large);
                insert.execute();
            }
            try (ResultSet rows = statement.executeQuery("SELECT t FROM much")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo(large);
            }
            String many = "SELECT sum(length(t)) FROM (SELECT repeat('y', 1000) AS t FROM generate_series(1, 20000)) s";
            assertThat(Sql.ask(connection, many)).isEqualTo("20000000");
            statement.execute("DROP TABLE much");
        }
    }

    /** The driver cancels what has taken too long, on a connection of its own. */
    @Test
    void aStatementIsCancelledThroughTls() throws Exception {
        start(towardsClients("require on") + towardsBackends("tls require"));
        try (Connection connection = router.connect(properties("sslmode", "require"));
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThat(Failures.of(() -> statement.execute("DO $$ BEGIN PERFORM pg_sleep(55); END $$")))
                    .isEqualTo("57014");
        }
    }

    @Test
    void aRenewedCertificateIsShownFromTheReloadOnAndABrokenOneIsNot(@TempDir Path directory) throws Exception {
        install(directory, "server");
        start("tls { cert %s/now.crt; key %s/now.key }".formatted(directory, directory));
        Properties old = properties("sslmode", "verify-full");
        Properties renewed = properties(
                "sslmode",
                "verify-full",
                "sslrootcert",
                FILES.resolve("ed25519.crt").toString());
        try (Connection session = router.connect(properties("sslmode", "require"))) {
            install(directory, "expired");
            router.reload();
            assertThat(router.log())
                    .contains("not reloaded: " + directory + "/now.crt:1:1: expected a certificate that is valid now,"
                            + " found one that has expired at 2020-01-02T00:00:00Z");
            assertThat(logIn(router.port(), "any_scram", old)).isEqualTo("in");
            Files.copy(TlsFiles.file("ed25519.crt"), directory.resolve("now.crt"), StandardCopyOption.REPLACE_EXISTING);
            router.reload();
            assertThat(router.log()).contains("now.crt:1:1: expected the certificate of the key in " + directory);
            install(directory, "ed25519");
            router.reload();
            assertThat(logIn(router.port(), "any_scram", renewed)).isEqualTo("in");
            assertThat(logIn(router.port(), "any_scram", old)).startsWith("08006");
            assertThat(Sql.ask(session, "SELECT 'still there'")).isEqualTo("still there");
        }
    }

    private static void install(Path directory, String name) throws IOException {
        for (String kind : List.of(".crt", ".key")) {
            Files.copy(
                    TlsFiles.file(name + kind), directory.resolve("now" + kind), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}

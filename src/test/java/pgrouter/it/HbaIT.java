package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.TlsFiles;

/**
 * pgrouter and the nodes have the same rules for who comes by TCP, and a real client is answered the same by both. pgrouter itself
 * comes by the nodes' Unix-domain sockets, where they trust.
 */
class HbaIT {
    private static final String PASSWORD = "pass word";
    private static final Path FILES = TlsFiles.file("").toAbsolutePath();

    private static final List<String> USERS = List.of(
            "anybody",
            "by_trust",
            "by_password",
            "by_md5",
            "by_scram",
            "by_cert",
            "by_mapped_cert",
            "by_both",
            "by_any_cert",
            "only_encrypted",
            "only_clear",
            "only_elsewhere",
            "team_a",
            "nobody");

    private static final List<String> RULES = List.of(
            "host secret all 127.0.0.1/32 reject",
            "host all by_trust 127.0.0.1/32 trust",
            "hostssl all by_password 127.0.0.1/32 password",
            "host all by_md5 127.0.0.1/32 md5",
            "host all by_scram 127.0.0.1/32 scram-sha-256",
            "hostssl all app,by_cert 127.0.0.1/32 cert",
            "hostssl all by_mapped_cert 127.0.0.1/32 cert map=people",
            "hostssl all by_both 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
            "hostssl all by_any_cert 127.0.0.1/32 scram-sha-256 clientcert=verify-ca",
            "hostssl all only_encrypted 127.0.0.1/32 scram-sha-256",
            "hostnossl all only_encrypted 127.0.0.1/32 reject",
            "hostnossl all only_clear 127.0.0.1/32 scram-sha-256",
            "host all only_elsewhere 10.0.0.0/8 trust",
            "host all only_elsewhere 127.0.0.1 255.255.255.255 reject",
            "host sameuser team_a samehost scram-sha-256",
            "host all anybody all scram-sha-256",
            "host all nobody all reject");

    private static final String IDENT = "people app by_mapped_cert\n";

    @TempDir
    private static Path directory;

    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void startCluster() throws Exception {
        PostgresCluster.Options options =
                PostgresCluster.Options.standard().withStandbys(1).withTls(FILES);
        for (String rule : RULES) {
            options = options.withHba(rule);
        }
        cluster = PostgresCluster.start(options);
        assumeTrue(cluster.socketDirectory(1).isPresent(), "the cluster runs in containers");
        Files.writeString(Path.of(cluster.ask(1, "SHOW ident_file")), IDENT);
        assertThat(cluster.ask(1, "SELECT pg_reload_conf()")).isEqualTo("t");
        makeRoles();
        for (String name : List.of("client", "stranger")) {
            Path key = Files.copy(TlsFiles.file(name + ".key"), directory.resolve(name + ".key"));
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void makeRoles() throws Exception {
        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, "CREATE DATABASE secret");
            Sql.run(connection, "CREATE DATABASE team_a");
            for (String user : USERS) {
                Sql.run(connection, "CREATE ROLE " + user + " LOGIN PASSWORD '" + PASSWORD + "'");
            }
        }
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

    private void start(String rules) throws Exception {
        Path hba = Files.writeString(directory.resolve("hba.conf"), rules);
        Path ident = Files.writeString(directory.resolve("ident.conf"), IDENT);
        StringBuilder authDb = new StringBuilder("app plain app-secret\n");
        USERS.forEach(user -> authDb.append(user + " plain '" + PASSWORD + "'\n"));
        RouterProcess.Options options = new RouterProcess.Options()
                .authDb(authDb.toString())
                .with("hba %s\nident %s\ntls { cert %s; key %s; ca %s }"
                        .formatted(
                                hba,
                                ident,
                                FILES.resolve("server.crt"),
                                FILES.resolve("server.key"),
                                FILES.resolve("ca.crt")));
        router = RouterProcess.start(options, backend(1), backend(2));
        router.awaitReaders(1);
    }

    private static String backend(int node) {
        return "'" + cluster.socketDirectory(node).orElseThrow() + ":" + cluster.port(node) + "'";
    }

    private static String allRules() {
        return String.join("\n", RULES) + "\nhost all all 127.0.0.1/32 scram-sha-256\n";
    }

    private static String psql(int port, String options) throws Exception {
        return Psql.run("host=127.0.0.1 port=" + port + " " + options, PASSWORD, "SELECT 'in'");
    }

    @Test
    void psqlIsLetInAndRefusedAsByPostgresql() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start(allRules());
        List<String> differ = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (String user : USERS) {
            for (String mode : List.of("disable", "require")) {
                for (String certificate : mode.equals("disable") ? List.of("") : List.of("", certificate("client"))) {
                    for (String database : databases(user)) {
                        String options = "user=%s dbname=%s sslmode=%s%s".formatted(user, database, mode, certificate);
                        String direct = psql(cluster.port(1), options);
                        String routed = psql(router.port(), options);
                        answers.add(direct);
                        if (!direct.equals(routed)) {
                            differ.add(options + ": " + direct + " / " + routed);
                        }
                    }
                }
            }
        }
        assertThat(differ).isEmpty();
        assertThat(answers)
                .contains("in")
                .anyMatch(answer -> answer.contains("pg_hba.conf rejects connection for host \"127.0.0.1\""))
                .anyMatch(answer -> answer.contains("connection requires a valid client certificate"))
                .anyMatch(answer -> answer.contains("certificate authentication failed for user \"by_cert\""));
    }

    private static List<String> databases(String user) {
        return switch (user) {
            case "anybody" -> List.of("postgres", "secret");
            case "team_a" -> List.of("postgres", "team_a");
            default -> List.of("postgres");
        };
    }

    private static String certificate(String name) {
        return " sslcert=" + FILES.resolve(name + ".crt") + " sslkey=" + directory.resolve(name + ".key");
    }

    @Test
    void aCertificateThatNamesTheUserIsEnough() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start(allRules());
        String options = "user=app dbname=app sslmode=require";
        for (int port : List.of(router.port(), cluster.port(1))) {
            assertThat(psql(port, options + certificate("client"))).isEqualTo("in");
            assertThat(psql(port, options)).contains("connection requires a valid client certificate");
            assertThat(psql(port, options + certificate("stranger"))).contains("SSL error:");
        }
    }

    /** Whom a rule trusts need not be known to pgrouter, where the nodes do not ask either. */
    @Test
    void whoIsTrustedIsAskedForNothing() throws Exception {
        start("host all all 127.0.0.1/32 trust\n");
        try (Connection connection = connect("by_trust", "no password at all")) {
            assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo("by_trust");
        }
    }

    private Connection connect(String user, String password) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        return router.connect(properties);
    }

    @Test
    void changedRulesCountFromTheReloadOnAndBrokenOnesDoNot() throws Exception {
        start("host all all 127.0.0.1/32 scram-sha-256\n");
        try (Connection session = connect("anybody", PASSWORD)) {
            Path hba = Files.writeString(directory.resolve("hba.conf"), "host all all 127.0.0.1/33 reject\n");
            router.reload();
            assertThat(router.log()).contains("not reloaded: " + hba + ":1:");
            connect("anybody", PASSWORD).close();
            Files.writeString(hba, "host all all 127.0.0.1/32 reject\n");
            router.reload();
            assertThat(Failures.of(() -> connect("anybody", PASSWORD))).isEqualTo("28000");
            assertThat(Sql.ask(session, "SELECT 'still there'")).isEqualTo("still there");
        }
    }
}

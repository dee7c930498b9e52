package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.Await;
import pgrouter.testing.Jar;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.TlsFiles;

/** What {@code --probe} says of real nodes, and of what keeps pgrouter from them. */
class ProbeIT {
    private static final Path FILES = TlsFiles.file("").toAbsolutePath();

    private static PostgresCluster cluster;
    private static PostgresCluster other;

    @TempDir
    private Path directory;

    private record Probed(int code, String output) {
        /** The line of the table for a backend, with single spaces. */
        String row(String backend) {
            return output.lines()
                    .filter(line -> line.startsWith(backend + " "))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll(" +", " ");
        }

        Probed says(String... texts) {
            assertThat(output).contains(texts);
            return this;
        }

        Probed endsWith(int expected) {
            assertThat(code).as(output).isEqualTo(expected);
            return this;
        }
    }

    @BeforeAll
    static void startClusters() throws Exception {
        PostgresCluster.Options options = PostgresCluster.Options.standard();
        cluster = PostgresCluster.start(options.withTls(FILES).withHba("host all barred 127.0.0.1/32 reject"));
        other = PostgresCluster.start(options.withStandbys(0).withOwnIdentity());
        try (Connection connection = cluster.connect(1, "postgres", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, "CREATE ROLE barred LOGIN PASSWORD 'sekrit'");
            Sql.run(connection, "CREATE ROLE plain LOGIN PASSWORD 'sekrit'");
        }
        cluster.awaitReplay(1);
    }

    @AfterAll
    static void stopClusters() {
        cluster.close();
        other.close();
    }

    private static String address(int node) {
        return RouterProcess.address(cluster, node);
    }

    private Probed probe(String username, String password, String... backends) throws Exception {
        return probe("health { timeout 10s; username " + username + "; password " + password + " }", backends);
    }

    private Probed probe(String health, String[] backends) throws IOException, InterruptedException {
        Path authDb = Files.writeString(directory.resolve("authdb"), "app plain 'very secret'\n");
        Path config = Files.writeString(
                directory.resolve("pgrouter.conf"),
                "authdb authdb\n" + health + "\nbackend " + String.join("\nbackend ", backends) + "\n");
        for (Path file : List.of(authDb, config)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        Process process = new ProcessBuilder(Jar.command("--probe", "-c", config.toString()))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).doesNotContain("sekrit", "very secret", "wrong-one");
        return new Probed(process.exitValue(), output);
    }

    @Test
    @Tag("versions")
    void ofAGoodClusterItShowsWhatEachNodeIs() throws Exception {
        Probed probed = probe("pgrouter", "sekrit", address(1), address(2), address(3))
                .endsWith(0)
                .says("writes go to " + address(1) + "; 2 of 3 backends take reads");
        String version = cluster.ask(1, "SHOW server_version");
        String timeline = cluster.ask(1, "SELECT timeline_id FROM pg_control_checkpoint()");
        assertThat(probed.row(address(1)))
                .isEqualTo(address(1) + " 127.0.0.1 TCP off pgrouter primary " + timeline + " - " + version);
        assertThat(probed.row(address(2)))
                .isEqualTo(address(2) + " 127.0.0.1 TCP off pgrouter standby " + timeline + " 0 " + version);
        assertThat(probed.output()).hasLineCount(6);
    }

    @Test
    void aNodeThatIsDownKeepsNobodyFromTheOthers() throws Exception {
        cluster.stop(3);
        try {
            Probed probed = probe("pgrouter", "sekrit", address(1), address(2), address(3), "nowhere.invalid")
                    .endsWith(0)
                    .says("Is PostgreSQL running there", "listen_addresses")
                    .says("The host name is not known here")
                    .says("1 of 4 backends take reads");
            assertThat(probed.row(address(3))).isEqualTo(address(3) + " 127.0.0.1 no - - - - - -");
        } finally {
            cluster.start(3);
        }
    }

    @Test
    void aServerThatNeverAnswersIsToldFromOneThatIsNotReached() throws Exception {
        cluster.freeze(3);
        try {
            probe("health { timeout 1s; password sekrit }", new String[] {address(3)})
                    .endsWith(1)
                    .says("no answer within 1000 ms", "The host takes the connection, but the server does not answer");
        } finally {
            cluster.thaw(3);
        }
    }

    @Test
    void aWrongPasswordIsSaidByItsSqlState() throws Exception {
        Probed probed = probe("pgrouter", "wrong-one", address(1))
                .endsWith(1)
                .says("(SQLSTATE 28P01)", "ALTER ROLE pgrouter PASSWORD", "no backend answers as primary");
        assertThat(probed.row(address(1))).isEqualTo(address(1) + " 127.0.0.1 TCP off 28P01 - - - -");
    }

    @Test
    void aRefusalByPgHbaShowsTheLineToAdd() throws Exception {
        probe("barred", "sekrit", address(1))
                .endsWith(1)
                .says("(SQLSTATE 28000)", "host postgres barred 127.0.0.1/32 scram-sha-256");
        probe("barred", "sekrit", address(1) + " { tls require }")
                .endsWith(1)
                .says("hostssl postgres barred 127.0.0.1/32 scram-sha-256");
    }

    @Test
    @Tag("versions")
    void whatTheHealthRoleLacksIsNamed() throws Exception {
        probe("health { password sekrit; database nowhere }", new String[] {address(1)})
                .endsWith(1)
                .says("(SQLSTATE 3D000)", "set `database` to one that is");
        probe("plain", "sekrit", address(1), address(2))
                .endsWith(0)
                .says(address(2) + ": the health role may not see pg_stat_wal_receiver", "GRANT pg_monitor TO plain;");
    }

    @Test
    void tlsIsShownOrWhyThereIsNone() throws Exception {
        String ca = "ca " + FILES.resolve("ca.crt");
        assertThat(probe("pgrouter", "sekrit", address(1) + " { tls on; " + ca + " }")
                        .endsWith(0)
                        .row(address(1)))
                .contains(" TCP TLSv1.3 TLS_", " pgrouter primary ");
        probe("pgrouter", "sekrit", address(1) + " { tls on; ca " + FILES.resolve("other-ca.crt") + " }")
                .endsWith(1)
                .says("signed by an authority that is not known", "set `ca`");
        probe("pgrouter", "sekrit", RouterProcess.address(other, 1) + " { tls skipverify }")
                .endsWith(1)
                .says("the server does not support TLS", "Set ssl = on");
    }

    @Test
    void aCertificateForAnotherNameIsToldFromOneOfAnotherAuthority() throws Exception {
        PostgresCluster.Options options = PostgresCluster.Options.standard().withStandbys(0);
        Path renamed = directory.resolve("tls");
        Files.createDirectory(renamed);
        Files.copy(FILES.resolve("elsewhere.crt"), renamed.resolve("server.crt"));
        Files.copy(FILES.resolve("elsewhere.key"), renamed.resolve("server.key"));
        Files.copy(FILES.resolve("ca.crt"), renamed.resolve("ca.crt"));
        try (PostgresCluster elsewhere = PostgresCluster.start(options.withTls(renamed))) {
            String node = RouterProcess.address(elsewhere, 1);
            probe("pgrouter", "sekrit", node + " { tls on; ca " + FILES.resolve("ca.crt") + " }")
                    .endsWith(1)
                    .says("The server's certificate is for another name");
        }
    }

    @Test
    void withoutAPrimaryThereIsNoWriter() throws Exception {
        Probed probed = probe("pgrouter", "sekrit", address(2)).endsWith(1).says("writes would fail");
        assertThat(probed.row(address(2))).contains(" pgrouter standby ");
    }

    @Test
    void aNodeOfAnotherClusterIsTurnedAway() throws Exception {
        String stranger = RouterProcess.address(other, 1);
        probe("pgrouter", "sekrit", address(1), address(2), stranger)
                .endsWith(0)
                .says("writes go to " + address(1))
                .says(stranger + ": it belongs to another cluster", "It is no copy of the others");
    }

    @Test
    @Tag("versions")
    void aStandbyWithoutReplicationIsNamed() throws Exception {
        try (Connection connection = cluster.connect(3, "postgres", PostgresCluster.Login.SUPERUSER)) {
            String before = cluster.ask(3, "SHOW primary_conninfo");
            Sql.run(connection, "ALTER SYSTEM SET primary_conninfo = ''");
            Sql.run(connection, "SELECT pg_reload_conf()");
            try {
                Await.until(
                        "replication has ended",
                        () -> cluster.ask(3, "SELECT count(*) FROM pg_stat_wal_receiver")
                                .equals("0"));
                probe("pgrouter", "sekrit", address(1), address(3))
                        .endsWith(0)
                        .says(address(3) + ": replication is not running", "primary_conninfo must lead to the primary");
            } finally {
                Sql.run(connection, "ALTER SYSTEM SET primary_conninfo = '" + before.replace("'", "''") + "'");
                Sql.run(connection, "SELECT pg_reload_conf()");
                Await.until(
                        "it replicates again",
                        () -> cluster.ask(3, "SELECT count(*) FROM pg_stat_wal_receiver")
                                .equals("1"));
            }
        }
    }

    @Test
    void twoPrimariesAreNamed() throws Exception {
        try (PostgresCluster pair =
                PostgresCluster.start(PostgresCluster.Options.standard().withStandbys(1))) {
            pair.promote(2);
            String old = RouterProcess.address(pair, 1);
            probe("pgrouter", "sekrit", old, RouterProcess.address(pair, 2))
                    .endsWith(0)
                    .says("writes go to " + RouterProcess.address(pair, 2))
                    .says(old + ": it says that it is the primary", "There must be one primary");
        }
    }
}

package pgrouter.testing;

import static java.util.stream.IntStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * A real primary and its hot standbys. Nodes count from 1; node 1 is the first primary. They are made by
 * {@code test-cluster/cluster}, or in containers with {@code -Dpgrouter.docker=true}. Not for several threads at once.
 *
 * <p>Every method that changes a node returns when that is done, and throws {@link IllegalStateException} with the end of the
 * node's log where it fails.
 */
public interface PostgresCluster extends AutoCloseable {
    /** How long anything here may take before it has failed, but for the first download of PostgreSQL. */
    Duration DEADLINE = Duration.ofSeconds(60);

    /**
     * What to start.
     *
     * @param postgres major or full version, as {@code cluster up --postgres} takes it
     * @param hba lines to put first into pg_hba.conf of every node
     * @param synchronous whether a commit waits for one standby
     * @param tls a directory with server.crt, server.key and ca.crt, as {@code cluster up --tls} takes it
     * @param ownIdentity whether it has a system identifier of its own, which takes longer; else others of this build have the same
     */
    record Options(
            int standbys,
            String postgres,
            List<String> hba,
            boolean synchronous,
            Optional<Path> tls,
            boolean ownIdentity) {
        public Options {
            hba = List.copyOf(hba);
        }

        /** Two asynchronous standbys of the version in the system property {@code pgrouter.postgres}, else 18. */
        public static Options standard() {
            return new Options(
                    2, System.getProperty("pgrouter.postgres", "18"), List.of(), false, Optional.empty(), false);
        }

        public Options withStandbys(int number) {
            return new Options(number, postgres, hba, synchronous, tls, ownIdentity);
        }

        public Options withPostgres(String version) {
            return new Options(standbys, version, hba, synchronous, tls, ownIdentity);
        }

        public Options withHba(String line) {
            List<String> lines = new ArrayList<>(hba);
            lines.add(line);
            return new Options(standbys, postgres, lines, synchronous, tls, ownIdentity);
        }

        public Options withTls(Path directory) {
            return new Options(standbys, postgres, hba, synchronous, Optional.of(directory), ownIdentity);
        }

        public Options withSynchronousCommit() {
            return new Options(standbys, postgres, hba, true, tls, ownIdentity);
        }

        public Options withOwnIdentity() {
            return new Options(standbys, postgres, hba, synchronous, tls, true);
        }
    }

    /** The roles of every cluster, with the passwords that {@code test-cluster/cluster} names at its top. */
    enum Login {
        SUPERUSER("postgres", "postgres"),
        HEALTH("pgrouter", "sekrit"),
        /** Owns the database {@code app}. */
        APP("app", "app-secret");

        private final String user;
        private final String password;

        Login(String user, String password) {
            this.user = user;
            this.password = password;
        }

        public String user() {
            return user;
        }

        public String password() {
            return password;
        }
    }

    /** Starts a cluster. Skips the test where Docker is asked for and not there. */
    static PostgresCluster start(Options options) {
        if (!Boolean.getBoolean("pgrouter.docker")) {
            return ScriptCluster.start(options);
        }
        Assumptions.assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(), "pgrouter.docker=true, but no Docker answers");
        return ContainerCluster.start(options);
    }

    /** How many nodes there are, up or down. */
    int nodes();

    /** The TCP port of a node on 127.0.0.1. It stays the same when the node is stopped and started. */
    int port(int node);

    /** The directory of a node's Unix-domain socket, where that is in reach of this machine. */
    Optional<Path> socketDirectory(int node);

    /** Makes a standby a primary. The other standbys go on following whom they followed. */
    void promote(int node);

    /** Stops a node in good order: its clients get 57P01. */
    void stop(int node);

    /** Starts a node that was stopped or killed, as what it was. */
    void start(int node);

    /** Ends all processes of a node with SIGKILL. */
    void kill(int node);

    /** Stops all processes of a node where they are: the host takes connections for it, and nothing ever answers. */
    void freeze(int node);

    /** Lets them go on. */
    void thaw(int node);

    /** Keeps a standby from showing what the primary writes from now on; it still receives it. */
    void pauseReplay(int node);

    void resumeReplay(int node);

    /** Makes a node a standby of another that is up, whatever it was and whether it is up or down. What only it had is lost. */
    void follow(int node, int upstream);

    /** Stops and removes everything. Does nothing the second time. */
    @Override
    void close();

    default String jdbcUrl(int node, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port(node) + "/" + database;
    }

    /** Logs in to a node directly. The caller closes the connection. */
    default Connection connect(int node, String database, Login login) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(node, database), login.user(), login.password());
    }

    /** The first column of the only row of a query that the superuser runs on a node in the database {@code app}. */
    default String ask(int node, String query) throws SQLException {
        try (Connection connection = connect(node, "app", Login.SUPERUSER);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).as("a row of %s", query).isTrue();
            return rows.getString(1);
        }
    }

    /** Runs a statement that returns no rows on a node, as the application role in the database {@code app}. */
    default void run(int node, String sql) throws SQLException {
        try (Connection connection = connect(node, "app", Login.APP);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Waits until the standbys have replayed all that a primary has written by now.
     *
     * @param standbys which; none stands for all nodes but the primary
     */
    default void awaitReplay(int primary, int... standbys) throws SQLException {
        String position = ask(primary, "SELECT pg_current_wal_lsn()");
        int[] wanted = standbys.length > 0
                ? standbys
                : rangeClosed(1, nodes()).filter(node -> node != primary).toArray();
        for (int standby : wanted) {
            Await.until(
                    "node " + standby + " has replayed " + position,
                    () -> ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + position + "'")
                            .equals("t"));
        }
    }
}

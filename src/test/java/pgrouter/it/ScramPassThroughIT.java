package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.auth.ScramVerifier;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** A verifier that was copied from pg_authid is all that pgrouter needs, and the nodes ask for SCRAM-SHA-256. */
@ExtendWith(SharedCluster.class)
class ScramPassThroughIT {
    private static final String PASSWORD = "pass word";

    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void createRole(PostgresCluster shared) throws Exception {
        cluster = shared;
        superuser("CREATE ROLE copied LOGIN PASSWORD '" + PASSWORD + "'");
    }

    @AfterAll
    static void dropRole() throws Exception {
        superuser("DROP ROLE copied");
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

    private static String verifier() throws SQLException {
        return cluster.ask(1, "SELECT rolpassword FROM pg_authid WHERE rolname = 'copied'");
    }

    private void startWith(String verifier) throws Exception {
        router = RouterProcess.before(
                cluster, new RouterProcess.Options().authDb("copied scram-sha-256 " + verifier + "\n"));
    }

    private Connection connect(String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "copied");
        properties.setProperty("password", password);
        return router.connect(properties);
    }

    @Test
    @Tag("versions")
    void itOpensAllNodesAndAnotherPasswordNone() throws Exception {
        startWith(verifier());
        try (Connection connection = connect(PASSWORD)) {
            assertThat(Sql.ask(connection, "SELECT current_user")).isEqualTo("copied");
            assertThat(router.countOnStandbys(cluster, "reads")).isPositive();
            assertThat(Sql.ask(connection, "SELECT txid_current() > 0")).isEqualTo("t");
        }
        assertThat(Failures.of(() -> connect("wrong"))).isEqualTo("28P01");
    }

    @Test
    void itOpensThemAgainAsLongAsTheSessionLives() throws Exception {
        startWith(verifier());
        try (Connection connection = connect(PASSWORD)) {
            String process = Sql.ask(connection, "SELECT pg_backend_pid() FROM (SELECT txid_current()) now");
            cluster.stop(1);
            cluster.start(1);
            Await.until(
                    "another process serves the session",
                    () -> !Sql.ask(connection, "SELECT pg_backend_pid() FROM (SELECT txid_current()) now")
                            .equals(process));
        }
    }

    @Test
    void theNextSessionOfTheSameUserFindsThemOpen() throws Exception {
        startWith(verifier());
        Set<String> processes = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (Connection connection = connect(PASSWORD)) {
                processes.add(Sql.ask(connection, "SELECT pg_backend_pid()"));
            }
        }
        assertThat(processes).hasSizeLessThan(10);
    }

    @Test
    void aNodeWithAnotherVerifierIsNotOpenedAndTheErrorSaysWhy() throws Exception {
        startWith(ScramVerifier.of(PASSWORD, new byte[16], 1000).text());
        SQLException refused =
                catchThrowableOfType(SQLException.class, () -> connect(PASSWORD).close());
        assertThat(refused.getSQLState()).isEqualTo("28000");
        assertThat(refused.getMessage())
                .contains(RouterProcess.address(cluster, 1), "another verifier of this user")
                .doesNotContain(PASSWORD);
    }

    @Test
    void nothingSecretIsInTheLog() throws Exception {
        String verifier = verifier();
        startWith(verifier);
        connect(PASSWORD).close();
        assertThat(Failures.of(() -> connect("wrong"))).isEqualTo("28P01");
        String keys = verifier.substring(verifier.lastIndexOf('$') + 1);
        assertThat(router.log()).doesNotContain(PASSWORD, keys.split(":")[0], keys.split(":")[1]);
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Nobody takes all places for connections, and nobody guesses passwords at the speed of the machine. */
@ExtendWith(SharedCluster.class)
class LoginLimitsIT {
    /** More than have a turn within the time for the login. */
    private static final int GUESSES = 60;

    private final PostgresCluster cluster;

    LoginLimitsIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private RouterProcess start(String directives) throws Exception {
        return RouterProcess.before(
                cluster,
                new RouterProcess.Options()
                        .authDb("app plain app-secret\npostgres plain postgres\n")
                        .with(directives));
    }

    private static Connection connect(RouterProcess router, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return router.connect(properties);
    }

    @Test
    void aUserHasNoMoreConnectionsThanItMay() throws Exception {
        try (RouterProcess router = start("clients 100 { user 1 }");
                Connection other = connect(router, "postgres", "postgres")) {
            Connection first = router.connect();
            assertThat(Failures.of(router::connect)).isEqualTo("53300");
            Await.until("the log says it", () -> router.log().contains("too many connections for role \"app\""));
            first.close();
            Await.until("there is a place again", () -> {
                try (Connection second = router.connect()) {
                    return Sql.ask(second, "SELECT 1").equals("1");
                } catch (SQLException notYet) {
                    return false;
                }
            });
            assertThat(Sql.ask(other, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anAddressHasNoMoreConnectionsThanItMay() throws Exception {
        try (RouterProcess router = start("clients { address 2 }");
                Connection one = router.connect();
                Connection other = connect(router, "postgres", "postgres")) {
            assertThat(Failures.of(router::connect)).isEqualTo("53300");
            assertThat(Sql.ask(one, "SELECT 1")).isEqualTo(Sql.ask(other, "SELECT 1"));
        }
    }

    @Test
    void whoGuessesHasToWaitAndOthersDoNot() throws Exception {
        // Its end does not wait for those whose turn has not come.
        try (RouterProcess router = start("login 6s; shutdown 100ms")) {
            for (int i = 0; i < 12; i++) {
                assertThat(Failures.of(() -> connect(router, "app", "wrong"))).isEqualTo("28P01");
            }
            Queue<String> answers = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < GUESSES; i++) {
                Thread.ofVirtual().start(() -> answers.add(Failures.of(() -> connect(router, "app", "wrong"))));
            }
            Await.until("some guesses are not even looked at", () -> answers.contains("53300"));
            assertThat(answers).hasSizeLessThan(GUESSES);
            Await.until("another user is let in", () -> isLetIn(router, "postgres", "postgres"));
        }
    }

    private static boolean isLetIn(RouterProcess router, String user, String password) {
        try {
            connect(router, user, password).close();
            return true;
        } catch (SQLException notYet) {
            return false;
        }
    }
}

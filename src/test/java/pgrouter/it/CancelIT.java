package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

@ExtendWith(SharedCluster.class)
class CancelIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;

    CancelIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @Test
    void aCancelRequestReachesTheStandbyAtWork() throws Exception {
        try (Connection connection = router.connect()) {
            cancelWhileAsleep(connection, 2, 3);
            assertThat(Sql.ask(connection, "SELECT 'goes on'")).isEqualTo("goes on");
        }
    }

    @Test
    void aCancelRequestReachesThePrimaryAtWork() throws Exception {
        try (Connection connection = router.connect()) {
            connection.setAutoCommit(false);
            cancelWhileAsleep(connection, 1);
            connection.rollback();
            assertThat(Sql.ask(connection, "SELECT 'goes on'")).isEqualTo("goes on");
        }
    }

    /** Cancels when one of the nodes is seen asleep. */
    private void cancelWhileAsleep(Connection connection, int... nodes) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Statement statement = connection.createStatement()) {
            Future<?> cancelling = executor.submit(() -> {
                Await.until("a node asleep", () -> isAsleep(nodes));
                statement.cancel();
                return true;
            });
            assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            cancelling.get();
        }
    }

    private boolean isAsleep(int... nodes) throws SQLException {
        for (int node : nodes) {
            String asleep = cluster.ask(
                    node, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND usename = 'app'");
            if (!asleep.equals("0")) {
                return true;
            }
        }
        return false;
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** A real server ends a session of its own, and stays up: so ends the client's. */
@ExtendWith(SharedCluster.class)
final class EndedSessionsIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;

    EndedSessionsIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    private Connection connect(String name, String options) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", name);
        properties.setProperty("options", options);
        return router.connect(properties);
    }

    /** Ends the processes that the node has of this session. */
    private void terminate(int node, String name) throws Exception {
        cluster.ask(
                node,
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '" + name
                        + "' AND backend_type = 'client backend'");
    }

    /** What the client is told next; empty where its session goes on. */
    private static String told(Connection session) {
        try {
            Sql.ask(session, "SELECT 1");
            return "";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    /**
     * A node that does not say in time that it stays up is taken for one that goes away: then it is done again. A client that writes to
     * a connection that has ended may not come to read why (08006).
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAdministratorEndsTheSessionByEitherOfItsProcesses(boolean onPrimary) throws Exception {
        String name = "ended_" + onPrimary;
        try (Connection session = connect(name, "-c geqo=on")) {
            Sql.ask(session, "SELECT 1");
            AtomicReference<String> end = new AtomicReference<>("");
            Await.until("the session has ended", () -> {
                for (int node : onPrimary ? new int[] {1} : new int[] {2, 3}) {
                    terminate(node, name);
                }
                end.set(told(session));
                return !end.get().isEmpty();
            });
            assertThat(end.get()).isIn("57P01", "08006");
        }
    }

    @Test
    void aTimeoutOfAReadOnlyTransactionIsSaidByTheStandby() throws Exception {
        try (Connection session = connect("ended_late", "-c idle_in_transaction_session_timeout=1000")) {
            Sql.run(session, "BEGIN READ ONLY");
            Sql.ask(session, "SELECT 1");
            String there =
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ended_late' AND state LIKE 'idle"
                            + " in%'";
            Await.until(
                    "the standby has ended it",
                    () -> cluster.ask(2, there).equals("0")
                            && cluster.ask(3, there).equals("0"));
            assertThat(Failures.of(() -> Sql.ask(session, "SELECT 2"))).isEqualTo("25P03");
        }
    }
}

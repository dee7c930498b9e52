package pgrouter.it;

import static java.util.stream.IntStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** A client is gone in the middle of a request: no real server works for it any more, and none begins it again. */
@ExtendWith(SharedCluster.class)
final class ClientGoneIT {
    private final PostgresCluster cluster;

    ClientGoneIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** How many processes of each node run a statement with this in its text. */
    private List<String> running(String mark) throws Exception {
        return rangeClosed(1, cluster.nodes())
                .mapToObj(node -> running(node, mark))
                .toList();
    }

    private String running(int node, String mark) {
        try {
            return cluster.ask(
                    node,
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                            + " AND query LIKE '%" + mark + "%'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_sleep(600) AS gone_reader",
                "/* pgrouter: writer */ SELECT pg_sleep(600) AS gone_writer",
                "BEGIN; CREATE TEMP TABLE gone_within (n int); SELECT pg_sleep(600) AS gone_within"
            })
    void whatRunsForAClientThatIsGoneIsCancelled(String statement) throws Exception {
        String mark = statement.substring(statement.lastIndexOf(' ') + 1);
        try (RouterProcess router = RouterProcess.before(cluster)) {
            try (FakeClient client = FakeClient.dialPatiently(router.port())) {
                client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
                client.send(Frontend.query(statement));
                Await.until("it runs", () -> running(mark).contains("1"));
            }
            Await.until("nothing runs", () -> running(mark).stream().allMatch("0"::equals));
            assertThat(cluster.ask(1, "SELECT count(*) FROM pg_class WHERE relname = 'gone_within'"))
                    .isEqualTo("0");
        }
    }
}

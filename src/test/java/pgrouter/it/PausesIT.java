package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Messages without Sync or Flush: what the client gets while it waits is what PostgreSQL says directly. */
@ExtendWith(SharedCluster.class)
class PausesIT {
    private static final String SETUP = """
            DROP TABLE IF EXISTS paused; CREATE TABLE paused(n int PRIMARY KEY);
            CREATE OR REPLACE FUNCTION paused_write() RETURNS int LANGUAGE plpgsql AS
              $$BEGIN INSERT INTO paused VALUES (1); RETURN 1; END$$""";

    private final PostgresCluster cluster;

    PausesIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** What one client sends, and what it gets in which order. */
    private interface Story {
        void play(FakeClient client, List<String> heard) throws IOException;
    }

    @BeforeEach
    void setUp() throws Exception {
        cluster.run(1, SETUP);
        cluster.awaitReplay(1);
    }

    private static void insert(FakeClient client, int number) throws IOException {
        says(client, "INSERT INTO paused VALUES (" + number + ")");
    }

    private static void says(FakeClient client, String sql) throws IOException {
        client.send(join(parse("", sql), bindNothing(""), describePortal(), execute()));
    }

    private static void hear(FakeClient client, List<String> heard, String last) throws IOException {
        do {
            heard.add(client.read());
        } while (!heard.getLast().startsWith(last));
    }

    private static void ends(FakeClient client, List<String> heard) throws IOException {
        client.send(sync());
        hear(client, heard, "Ready");
        client.send(query("ROLLBACK"));
        client.reply();
        client.send(query("SELECT count(*) FROM paused"));
        hear(client, heard, "Ready");
    }

    /** psycopg's {@code test_pipeline_communicate_uniqviol}. */
    private static void violatesInATransaction(FakeClient client, List<String> heard) throws IOException {
        client.send(query("BEGIN"));
        hear(client, heard, "Ready");
        for (int number : new int[] {1, 2, 1, 3, 4}) {
            insert(client, number);
        }
        hear(client, heard, "ERROR");
        ends(client, heard);
    }

    private static void violatesOutsideATransaction(FakeClient client, List<String> heard) throws IOException {
        insert(client, 1);
        insert(client, 1);
        hear(client, heard, "ERROR");
        insert(client, 2);
        ends(client, heard);
    }

    private static void failsToRead(FakeClient client, List<String> heard) throws IOException {
        says(client, "SELECT 1");
        says(client, "SELECT 1/0");
        hear(client, heard, "ERROR");
        ends(client, heard);
    }

    private static void writesByAFunctionAndFails(FakeClient client, List<String> heard) throws IOException {
        says(client, "SELECT paused_write()");
        says(client, "SELECT 1/0");
        hear(client, heard, "ERROR");
        ends(client, heard);
    }

    private static void writesBehindARead(FakeClient client, List<String> heard) throws IOException {
        says(client, "SELECT count(*), repeat('x', 20000) FROM paused");
        client.send(parse("s", "SELECT 2"));
        insert(client, 1);
        client.send(sync());
        hear(client, heard, "Ready");
        client.send(join(bindNothing("s"), execute()));
        ends(client, heard);
    }

    private static void leavesInTheMiddle(FakeClient client, List<String> heard) throws IOException {
        client.send(query("BEGIN"));
        client.reply();
        insert(client, 1);
        insert(client, 1);
        hear(client, heard, "ERROR");
        client.close();
    }

    @Test
    void aClientThatWaitsWithoutSyncHearsWhatItHearsDirectly() throws Exception {
        Map<String, Story> stories = Map.of(
                "in a transaction", PausesIT::violatesInATransaction,
                "outside", PausesIT::violatesOutsideATransaction,
                "read", PausesIT::failsToRead,
                "refusal", PausesIT::writesByAFunctionAndFails,
                "read and write", PausesIT::writesBehindARead,
                "gone", PausesIT::leavesInTheMiddle);
        try (RouterProcess router = RouterProcess.before(cluster)) {
            for (Map.Entry<String, Story> story : stories.entrySet()) {
                List<String> direct = heard(cluster.port(1), story.getValue());
                List<String> through = heard(router.port(), story.getValue());
                assertThat(through).as(story.getKey() + "\n" + router.log()).isEqualTo(direct);
            }
        }
    }

    /** Whatever the client has left open is rolled back. */
    private List<String> heard(int port, Story story) throws Exception {
        List<String> heard = new ArrayList<>();
        try (FakeClient client = FakeClient.dialPatiently(port)) {
            client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
            story.play(client, heard);
        } catch (IOException ended) {
            heard.add(ended.toString());
        }
        Await.until(
                "nothing is open any more",
                () -> cluster.ask(1, "SELECT count(*) FROM pg_locks WHERE relation = 'paused'::regclass")
                        .equals("0"));
        heard.add(cluster.ask(1, "SELECT count(*) FROM paused"));
        cluster.run(1, "TRUNCATE paused");
        cluster.awaitReplay(1);
        return heard;
    }
}

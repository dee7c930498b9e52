package pgrouter.session;

import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.testing.Await;

/** A connection has a thread of its own only while something comes that its client does not await, and all that comes is heard. */
final class ConnectionThreadsTest extends OnOneStandby {
    private long position = 1000;

    private void awaitNone() {
        Await.until("no connection has a thread", () -> stage.openServers().awake() == 0);
    }

    private void useBoth() throws Exception {
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
        client.send(query("SELECT 1"));
        writer.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        position += 1000;
        stage.publish(new Lsn(position), new Lsn(position));
    }

    @Test
    void requestsAreAnsweredAsBefore() throws Exception {
        for (int i = 0; i < 2; i++) {
            useBoth();
            awaitNone();
        }
        useBoth();
    }

    private byte[] beginNotification(String payload) throws Exception {
        byte[] whole = notification("c", payload);
        writer.send(Arrays.copyOf(whole, 7));
        Await.until("the writer has a thread", () -> stage.openServers().awake() == 1);
        return Arrays.copyOfRange(whole, 7, whole.length);
    }

    @Test
    void anAnswerInPiecesComesWhole() throws Exception {
        byte[] reply = row("1");
        client.send(query("SELECT 1"));
        int half = rowDescription("c").length + 3;
        reader.answer("SELECT 1", Arrays.copyOf(reply, half));
        writer.send(beginNotification("meanwhile"));
        client.expect("Notification c meanwhile");
        awaitNone();
        reader.send(Arrays.copyOfRange(reply, half, reply.length));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** Who reads what was begun reads the answer behind it too, and the next one is the client thread's again. */
    @Test
    void aRequestComesWhileTheWriterHasAThread() throws Exception {
        byte[] rest = beginNotification("half");
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.expect("Query INSERT INTO t VALUES (1)");
        writer.send(rest);
        writer.send(complete("INSERT 0 1"), ready('I'));
        client.expect("Notification c half", "Complete INSERT 0 1", "Ready I");
        awaitNone();
        client.send(query("INSERT INTO t VALUES (2)"));
        writer.answer("INSERT INTO t VALUES (2)", complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    /** What has come behind the answer, and not to its end, has a thread: the client thread waits for the client. */
    @Test
    void anAnswerIsFollowedByTheBeginningOfSomethingElse() throws Exception {
        byte[] late = notification("c", "late");
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'), Arrays.copyOf(late, 8));
        client.expect("Complete INSERT 0 1", "Ready I");
        writer.send(Arrays.copyOfRange(late, 8, late.length));
        client.expect("Notification c late");
        awaitNone();
    }

    /** What the event loop has seen while the client did not read is read by then. */
    @Test
    void aLargeAnswerToASlowClientLeavesNoThread() throws Exception {
        byte[][] reply = new byte[3_000][];
        Arrays.fill(reply, dataRow("x".repeat(10_000)));
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        try (ExecutorService apart = Executors.newSingleThreadExecutor()) {
            Future<?> sent = apart.submit(() -> {
                reader.send(rowDescription("c"));
                reader.send(reply);
                reader.send(complete("SELECT 3000"), ready('I'));
                return true;
            });
            client.expect("RowDescription");
            for (int i = 0; i < reply.length; i++) {
                client.expect("Row " + "x".repeat(10_000));
            }
            client.expect("Complete SELECT 3000", "Ready I");
            sent.get();
        }
        awaitNone();
    }

    @Test
    void whatTheWriterSaysReachesTheClient() throws Exception {
        useBoth();
        awaitNone();
        writer.send(notification("c", "hello"));
        client.expect("Notification c hello");
        awaitNone();
        writer.send(notification("c", "again"));
        client.expect("Notification c again");
    }

    @Test
    void theEndOfTheWriterIsTold() throws Exception {
        useBoth();
        awaitNone();
        writer.send(fatal("57P05", "terminating connection due to idle-session timeout"));
        writer.close();
        client.expect("FATAL 57P05 terminating connection due to idle-session timeout");
        client.expectEnd();
    }

    @Test
    void theEndOfTheReaderIsNoticed() throws Exception {
        useBoth();
        awaitNone();
        reader.close();
        writer.send(notification("c", "behind it"));
        client.expect("Notification c behind it");
        client.send(query("SELECT 1"));
        stage.reader().answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void theClientsEndReachesBoth() throws Exception {
        useBoth();
        awaitNone();
        client.close();
        reader.expectTerminate();
        writer.expectTerminate();
    }
}

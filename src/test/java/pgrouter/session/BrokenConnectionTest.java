package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Await;
import pgrouter.testing.FakePostgres.Connection;

/** Connections that end at the worst moment: nobody may take what was not said for what was. */
final class BrokenConnectionTest extends OnOneStandby {
    @Test
    void nothingIsWrittenIntoARowThatWillNeverEnd() throws Exception {
        byte[] row = dataRow("x".repeat(100_000));
        client.send(query("UPDATE t SET a = a RETURNING a"));
        writer.expect("Query UPDATE t SET a = a RETURNING a");
        writer.send(rowDescription("a"), Arrays.copyOf(row, row.length - 20));
        writer.close();
        client.expect("RowDescription");
        assertThat(client.readMessage().body()).hasSizeLessThan(row.length - 5);
        client.expectEnd();
    }

    @Test
    void terminateDoesNotCompleteAMessageThatTheClientHasNot() throws Exception {
        byte[] query = query("UPDATE t SET a = '" + "x".repeat(300_000) + "' -- end");
        client.send(Arrays.copyOf(query, query.length - 2));
        client.close();
        assertThat(writer.read().body()).hasSizeLessThan(query.length - 5);
    }

    @Test
    void aReplyToAClientThatHasGoneIsNotTakenToItsEnd() throws Exception {
        client.send(query("UPDATE t SET a = a RETURNING a"));
        writer.expect("Query UPDATE t SET a = a RETURNING a");
        writer.send(rowDescription("a"));
        client.expect("RowDescription");
        client.close();
        byte[] row = dataRow("x".repeat(100_000));
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 5000; i++) {
                        writer.send(row);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** Before it could read that, it would have to read all that the server has sent. */
    @Test
    void aClientThatDoesNotReadWhyItEndsHoldsNoServer() throws Exception {
        byte[] much = notification("c", "x".repeat(7_000));
        AtomicInteger sent = new AtomicInteger();
        Thread server = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    writer.send(much);
                    sent.incrementAndGet();
                }
            } catch (IOException closed) {
                sent.set(-1);
            }
        });
        awaitStandstill(sent);
        client.send(new byte[] {'Q', 0, 0, 0, 1});
        reader.expectTerminate();
        server.join();
        assertThat(sent.get()).isEqualTo(-1);
    }

    /** Nothing is sent any more, as the client reads nothing. */
    private static void awaitStandstill(AtomicInteger sent) {
        AtomicInteger before = new AtomicInteger(-1);
        AtomicInteger same = new AtomicInteger();
        Await.until("nothing more can be sent", () -> {
            int now = sent.get();
            same.set(now > 0 && now == before.getAndSet(now) ? same.get() + 1 : 0);
            return same.get() == 25;
        });
    }

    @Test
    void aReaderThatDiesBehindItsAnswerIsNobodysBusiness() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        reader.send(join(row("1"), fatal("57P01", "shutting down")));
        reader.close();
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        stage.standby().close();
        client.send(query("SELECT 2"));
        writer.answer("SELECT 2", row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aReaderThatDiesBehindAParseHasStillAnsweredIt() throws Exception {
        client.send(parse("s1", "SELECT 1"), sync());
        reader.expect("Parse s1: SELECT 1", "Sync");
        reader.send(join(parseComplete(), ready('I'), fatal("57P01", "shutting down")));
        reader.close();
        stage.standby().close();
        client.expect("ParseComplete", "Ready I");
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aReaderWhoseRollbackFailsIsGivenUp() throws Exception {
        client.send(
                parse("", "BEGIN READ ONLY"),
                bind(""),
                execute(),
                parse("", "SELECT f()"),
                bind(""),
                execute(),
                sync());
        readMessages(reader, 7);
        reader.send(parseComplete(), bindComplete(), complete("BEGIN"), error("25006", "no"), ready('E'));
        reader.answer("ROLLBACK", error("57014", "canceled"), ready('E'));
        readMessages(writer, 7);
        writer.send(parseComplete(), bindComplete(), complete("BEGIN"));
        writer.send(parseComplete(), bindComplete(), complete("SELECT 1"), ready('T'));
        assertThat(client.reply()).last().isEqualTo("Ready T");
        reader.expectTerminate();
    }

    private static void readMessages(Connection connection, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connection.read();
        }
    }

    @Test
    void aStatementIsGivenToAConnectionOnceInALargeRequest() throws Exception {
        client.send(parse("s1", "SELECT $1"), sync());
        reader.answer(List.of("Parse s1: SELECT $1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        byte[] large = new byte[200_000];
        client.send(bind("s1", large), execute(), bind("s1", large), execute(), sync());
        writer.expect("Parse s1: SELECT $1", "Bind s1", "Execute", "Bind s1", "Execute", "Sync");
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.metrics.ClientFacts;
import pgrouter.protocol.StartupPacket;
import pgrouter.request.RequestMessages;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** What happens to servers, and to what is known of them, while a client pauses in the middle of its request. */
final class LongPausesTest {
    private static final String SQL = "SELECT 1";
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    @RegisterExtension
    private final Stage stage = Stage.with(2);

    private FakeClient client;
    private Connection writer;
    private Connection reader;

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
    }

    private void says(String sql) throws Exception {
        client.send(parse("", sql), bind(""), execute());
    }

    private static void hears(Connection backend, String sql) throws Exception {
        backend.expect("Parse : " + sql, "Bind ", "Execute");
    }

    private static byte[] done(String tag) {
        return join(parseComplete(), bindComplete(), complete(tag));
    }

    private void expectDone(String tag) throws Exception {
        client.expect("ParseComplete", "BindComplete", "Complete " + tag);
    }

    private void ends(Connection backend) throws Exception {
        client.send(sync());
        backend.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    private void theSessionGoesOn() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    private void cancel() throws Exception {
        FakeClient other = stage.dial();
        other.send(Frontend.request(StartupPacket.CANCEL_REQUEST, client.key()));
        other.expectEnd();
    }

    @Test
    void aStandbyThatIsLostIsReplacedAtOnceByAnother() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.close();
        Connection other = stage.reader();
        hears(other, SQL);
        ends(other);
    }

    /** It is not known whether the read has ended them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReadThatHasEndedTwoStandbysIsTriedNowhereElse(boolean goesOn) throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.close();
        Connection other = stage.reader();
        hears(other, SQL);
        other.close();
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        if (goesOn) {
            says(INSERT);
        }
        client.send(sync());
        client.expect("Ready I");
        theSessionGoesOn();
    }

    @Test
    void whatFollowsOnTheSecondStandbyDoesNotBringTheReadToThePrimary() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.close();
        Connection other = stage.reader();
        hears(other, SQL);
        says(INSERT);
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        client.send(sync());
        client.expect("Ready I");
        theSessionGoesOn();
    }

    @Test
    void standbysThatAreShutDownHaveNotCrashed() throws Exception {
        says(SQL);
        hears(reader, SQL);
        stage.standbys().forEach(standby -> standby.refuseLogins(fatal("57P03", "shutting down")));
        reader.send(fatal("57P01", "terminating connection due to administrator command"));
        reader.close();
        hears(writer, SQL);
        ends(writer);
    }

    @Test
    void aRefusalTeachesWhatWasRefusedAndNotWhatCameBefore() throws Exception {
        says(SQL);
        hears(reader, SQL);
        says("SELECT f()");
        hears(reader, "SELECT f()");
        reader.send(done("SELECT 1"), parseComplete(), error("25006", "read-only"));
        reader.answer(List.of("Sync"), ready('I'));
        hears(writer, SQL);
        hears(writer, "SELECT f()");
        client.send(sync());
        writer.answer(List.of("Sync"), done("SELECT 1"), done("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        expectDone("SELECT 1");
        client.expect("Ready I");
        FakeClient other = stage.client();
        other.send(query(SQL));
        stage.reader().answer(SQL, complete("SELECT 1"), ready('I'));
        other.expect("Complete SELECT 1", "Ready I");
    }

    @Test
    void aReadThatComesWhenItsStandbyIsFitNoMoreIsTheWriters() throws Exception {
        says(SQL);
        hears(reader, SQL);
        stage.publishPrimaryOnly(new Lsn(1000));
        says(SQL);
        reader.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
        hears(writer, SQL);
        hears(writer, SQL);
        client.send(sync());
        writer.answer(List.of("Sync"), done("SELECT 1"), done("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    @Test
    void theRestOfAReadOnlyTransactionStaysWhereItHasBegun() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        reader.answer(List.of("Parse : " + SQL, "Bind ", "Execute", "Flush"), done("SELECT 1"));
        expectDone("SELECT 1");
        says("BEGIN READ ONLY");
        hears(reader, "BEGIN READ ONLY");
        stage.publishPrimaryOnly(new Lsn(1000));
        says(SQL);
        hears(reader, SQL);
        client.send(sync());
        reader.answer(List.of("Sync"), done("BEGIN"), done("SELECT 1"), ready('T'));
        expectDone("BEGIN");
        expectDone("SELECT 1");
        client.expect("Ready T");
    }

    @Test
    void theFirstReadOfAStandbysTransactionIsPassedOnAsItComes() throws Exception {
        client.send(query("BEGIN READ ONLY"));
        reader.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        says(SQL);
        hears(reader, SQL);
        reader.send(parseComplete(), error("22012", "division by zero"));
        client.expect("ParseComplete", "ERROR 22012 division by zero");
    }

    @Test
    void whatTakesStateAwayIsTheWritersWhereItsEndIsNotKnown() throws Exception {
        says("DEALLOCATE ALL");
        hears(writer, "DEALLOCATE ALL");
        client.send(sync());
        writer.answer(List.of("Sync"), done("DEALLOCATE ALL"), ready('I'));
        expectDone("DEALLOCATE ALL");
        client.expect("Ready I");
    }

    @Test
    void aCancelRequestReachesTheStandbyThatWorks() throws Exception {
        says(SQL);
        hears(reader, SQL);
        cancel();
        assertThat(stage.standbys().getFirst().isCancelled()
                        || stage.standbys().getLast().isCancelled())
                .isTrue();
        reader.send(parseComplete(), error("57014", "canceling statement due to user request"));
        client.expect("ParseComplete", "ERROR 57014 canceling statement due to user request");
        client.send(sync());
        reader.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
    }

    @Test
    void aCancelRequestReachesThePrimaryThatWorks() throws Exception {
        says(INSERT);
        hears(writer, INSERT);
        cancel();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
    }

    /** As in PostgreSQL, where a session is idle between ReadyForQuery and the next request only. */
    @Test
    void aClientThatPausesIsNotIdle() throws Exception {
        says(INSERT);
        hears(writer, INSERT);
        Await.until(
                "the request is under way",
                () -> stage.sessions().facts().stream()
                        .map(ClientFacts::state)
                        .toList()
                        .equals(List.of("active")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamOfMessagesWithoutEndIsPassedOnWithoutBeingKept(boolean reads) throws Exception {
        String sql = reads ? SQL : INSERT;
        byte[] messages = join(parse("", sql), bind("", new byte[1_000]), execute());
        int times = 2 * RequestMessages.KEEP_LIMIT / messages.length;
        says(sql);
        hears(reads ? reader : writer, sql);
        Thread sender = Thread.ofVirtual().start(() -> sends(messages, times));
        if (reads) {
            isTakenBack();
            hears(writer, sql);
        }
        for (int i = 0; i < times; i++) {
            hears(writer, sql);
        }
        sender.join();
        client.send(sync());
        writer.expect("Sync");
        for (int i = 0; i <= times; i++) {
            writer.send(done("SELECT 1"));
        }
        writer.send(ready('I'));
        for (int i = 0; i <= times; i++) {
            expectDone("SELECT 1");
        }
        client.expect("Ready I");
    }

    private void isTakenBack() throws IOException {
        while (!reader.read().fromClient().equals("Sync")) {
            // What was sent before that is for nothing.
        }
        reader.send(error("22012", "division by zero"), ready('I'));
    }

    private void sends(byte[] messages, int times) {
        try {
            for (int i = 0; i < times; i++) {
                client.send(messages);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

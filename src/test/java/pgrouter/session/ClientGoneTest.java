package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyData;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.copyOut;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;

/** A client that cannot be written to ends its session: it is not taken for a lost server, and nothing is sent again for it. */
final class ClientGoneTest extends OnOneStandby {
    private static final String LARGE = "x".repeat(100_000);

    private void awaitEnd() {
        Await.until("the session is over", () -> stage.sessions().facts().isEmpty());
    }

    /** The next session has the next connections: nobody has logged in on either node in between. */
    private void assertThatNobodyHasLoggedIn() throws Exception {
        try (FakeClient next = stage.client()) {
            Connection nextWriter = stage.writer();
            assertThat(nextWriter.processId()).isEqualTo(writer.processId() + 1);
            assertThat(stage.reader().processId()).isEqualTo(reader.processId() + 1);
            next.send(query("INSERT INTO t VALUES (1)"));
            nextWriter.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
            next.expect("Complete INSERT 0 1", "Ready I");
        }
    }

    static Stream<Arguments> writersRequests() {
        return Stream.of(
                Arguments.of(query("BEGIN"), join(complete("BEGIN"), ready('T'))),
                Arguments.of(query("START TRANSACTION ISOLATION LEVEL SERIALIZABLE"), complete("START TRANSACTION")),
                Arguments.of(query("INSERT INTO t VALUES (1)"), join(complete("INSERT 0 1"), ready('I'))),
                Arguments.of(query("INSERT INTO t VALUES (1)"), error("23505", "duplicate key")),
                Arguments.of(query("UPDATE t SET a = 1 RETURNING a"), join(rowDescription("a"), dataRow(LARGE))),
                Arguments.of(query("COPY t FROM STDIN"), copyIn()),
                Arguments.of(join(parse("", "BEGIN"), bind(""), execute(), sync()), parseComplete()),
                Arguments.of(join(parse("", "INSERT INTO t VALUES (1)"), flush()), parseComplete()));
    }

    static Stream<Arguments> readersRequests() {
        return Stream.of(
                Arguments.of(query("SELECT 1"), row("1")),
                Arguments.of(query("SELECT 1"), join(error("22012", "division by zero"), ready('I'))),
                Arguments.of(query("SELECT a FROM t"), join(rowDescription("a"), dataRow(LARGE.repeat(4)))),
                Arguments.of(query("COPY t TO STDOUT"), join(copyOut(), copyData(LARGE.repeat(4)))),
                Arguments.of(query("BEGIN READ ONLY"), join(complete("BEGIN"), ready('T'))),
                Arguments.of(join(parse("", "SELECT 1"), flush()), parseComplete()));
    }

    /** The client ends when its request is on the server, and the answer fails to reach it. */
    private void answerNobody(Connection server, byte[] request, byte[] reply) throws Exception {
        client.send(request);
        server.read();
        client.reset();
        try {
            server.send(reply);
        } catch (IOException ended) {
            // pgrouter has found out before.
        }
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    @ParameterizedTest
    @MethodSource("writersRequests")
    void aRequestToTheWriterIsNotSentAgain(byte[] request, byte[] reply) throws Exception {
        answerNobody(writer, request, reply);
    }

    @ParameterizedTest
    @MethodSource("readersRequests")
    void aRequestToTheReaderIsNotSentAgain(byte[] request, byte[] reply) throws Exception {
        answerNobody(reader, request, reply);
    }

    @Test
    void inATransactionNothingIsSentAgain() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        answerNobody(writer, query("ROLLBACK"), join(complete("ROLLBACK"), ready('I')));
    }

    @Test
    void inATransactionOfTheReaderNothingIsSentAgain() throws Exception {
        client.send(query("BEGIN READ ONLY"));
        reader.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        answerNobody(reader, query("SELECT 1"), join(rowDescription("a"), dataRow("1"), complete("SELECT 1")));
    }

    @Test
    void behindARefusalNothingIsSentAgain() throws Exception {
        client.send(query("SELECT f(1)"));
        reader.answer("SELECT f(1)", error("25006", "read-only"), ready('I'));
        writer.expect("Query SELECT f(1)");
        client.reset();
        writer.send(row("1"));
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    /** What comes unasked is passed on by a thread of the connection's own, which finds out first. */
    @Test
    void aNotificationThatFindsNobodyIsNoLostServer() throws Exception {
        client.reset();
        try {
            for (int i = 0; i < 100; i++) {
                writer.send(notification("c", "hello"));
            }
        } catch (IOException ended) {
            // As it should.
        }
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    @Test
    void theEndOfTheSessionHasEndedItsConnections() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        client.reset();
        reader.send(row("1"));
        reader.expectEnd();
        writer.expectTerminate();
    }

    /** The client is there, and the servers are not. */
    @Test
    void aBeginThatIsLostIsSentAgainOnce() throws Exception {
        client.send(query("BEGIN"));
        writer.expect("Query BEGIN");
        writer.close();
        Connection second = stage.writer();
        second.expect("Query BEGIN");
        second.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    @Test
    void anotherBeginMayBeSentAgainToo() throws Exception {
        Connection present = writer;
        for (int i = 0; i < 3; i++) {
            client.send(query("BEGIN"));
            present.expect("Query BEGIN");
            present.close();
            present = stage.writer();
            present.answer("BEGIN", complete("BEGIN"), ready('T'));
            client.expect("Complete BEGIN", "Ready T");
            client.send(query("COMMIT"));
            present.answer(List.of("Query COMMIT"), complete("COMMIT"), ready('I'));
            client.expect("Complete COMMIT", "Ready I");
        }
    }
}

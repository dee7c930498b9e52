package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.copyData;
import static pgrouter.testing.Frontend.copyDone;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.terminate;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.StartupPacket;
import pgrouter.request.RequestMessages;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;
import pgrouter.testing.TlsFiles;

/** A client leaves while its request runs: a standby stops at once, the primary after a moment, and nothing is sent again. */
@Timeout(60)
final class DesertedRequestTest {
    private static final String READ = "SELECT pg_sleep(30)";
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    @RegisterExtension
    private final Stage stage = Stage.with(1).pool(1);

    private FakeClient client;
    private Connection writer;
    private Connection reader;

    /** The ways in which a client leaves. */
    enum Leave {
        CLOSES {
            @Override
            void by(FakeClient client) {
                client.close();
            }
        },
        ENDS_ITS_STREAM {
            @Override
            void by(FakeClient client) throws IOException {
                client.finish();
            }
        },
        RESETS {
            @Override
            void by(FakeClient client) throws IOException {
                client.reset();
            }
        },
        TERMINATES {
            @Override
            void by(FakeClient client) throws IOException {
                client.send(terminate());
            }
        },
        TERMINATES_AND_CLOSES {
            @Override
            void by(FakeClient client) throws IOException {
                client.send(terminate());
                client.close();
            }
        };

        abstract void by(FakeClient client) throws IOException;
    }

    static Stream<Arguments> ways() {
        return Stream.of(Leave.values())
                .flatMap(leave -> Stream.of(Arguments.of(false, leave), Arguments.of(true, leave)));
    }

    /** What runs on the primary is soon cancelled. */
    private void logInImpatiently(boolean secure) throws Exception {
        stage.graceIsShort();
        logIn(secure);
    }

    private void logIn(boolean secure) throws Exception {
        stage.offerTls("tls { cert server.crt; key server.key }");
        client = stage.dial();
        if (secure) {
            client.send(Frontend.request(StartupPacket.SSL_REQUEST));
            assertThat(client.readByte()).isEqualTo((byte) 'S');
            client.secure(TlsFiles.client());
        }
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", Stage.USER, "database", "app"), Stage.PASSWORD);
        writer = stage.writer();
        reader = stage.reader();
    }

    /** As time does: requests that last are looked at again. */
    private void awaitLook(Await.Condition condition) {
        Await.until("what a look brings about", () -> {
            stage.openServers().look();
            return condition.holds();
        });
    }

    /** The client of the request that runs is watched from now on. */
    private void awaitWatch() {
        Await.until("a request lasts", stage.openServers()::look);
    }

    private void awaitLeft() {
        awaitLook(() -> stage.sessions().leaving() == 1);
    }

    private void awaitEnd() {
        Await.until("the session is over", () -> stage.sessions().facts().isEmpty());
    }

    private void assertThatReaderIsNotKept() {
        awaitEnd();
        assertThat(stage.serverPool().count(Stage.backend(stage.standby()).address()))
                .isZero();
    }

    /** The next session has the next connections: nobody has logged in on the standby or the primary in between. */
    private void assertThatNobodyHasLoggedIn() throws Exception {
        stage.serverPool().clear();
        FakeClient next = stage.client();
        assertThat(stage.writer().processId()).isEqualTo(writer.processId() + 1);
        assertThat(stage.reader().processId()).isEqualTo(reader.processId() + 1);
        next.close();
    }

    /** A socket of TLS waits in its close for the other end to close too. */
    private void leave(Leave how) {
        Thread.ofVirtual().start(() -> {
            try {
                how.by(client);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The connection is kept for the next session, or ended, where the client's last word was no proper one. */
    private static void expectFarewell(Connection server) throws IOException {
        switch (server.read().fromClient()) {
            case "Sync" -> server.send(ready('I'));
            case "Query DISCARD ALL" -> server.send(complete("DISCARD ALL"), ready('I'));
            case "Terminate" -> server.expectEnd();
            case String another -> throw new AssertionError(another);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aReadIsCancelledAtOnce(boolean secure, Leave leave) throws Exception {
        logIn(secure);
        client.send(query(READ));
        reader.expect("Query " + READ);
        awaitWatch();
        leave(leave);
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.expectEnd();
        expectFarewell(writer);
        assertThatReaderIsNotKept();
        assertThat(stage.primary().isCancelled()).isFalse();
        assertThatNobodyHasLoggedIn();
    }

    /** The client has gone before anybody watches it. */
    @ParameterizedTest
    @MethodSource("ways")
    void aReadIsCancelledWhenItHasLasted(boolean secure, Leave leave) throws Exception {
        logIn(secure);
        client.send(query(READ));
        reader.expect("Query " + READ);
        leave(leave);
        awaitLook(stage.standby()::isCancelled);
        reader.expectEnd();
        expectFarewell(writer);
        assertThatReaderIsNotKept();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aWriteIsRunToItsEnd(boolean secure, Leave leave) throws Exception {
        logIn(secure);
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        leave(leave);
        awaitLeft();
        writer.send(notice("nobody hears it"), notice("nor this"), complete("INSERT 0 1"), ready('I'));
        expectFarewell(reader);
        expectFarewell(writer);
        awaitEnd();
        assertThat(stage.primary().isCancelled()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aWriteThatTakesTooLongIsCancelled(boolean secure, Leave leave) throws Exception {
        logInImpatiently(secure);
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        leave(leave);
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        writer.expectEnd();
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    /** What a client has sent before it leaves is run as PostgreSQL runs it: it may be a write. */
    @ParameterizedTest
    @MethodSource("ways")
    void whatWasSentBehindAReadIsRun(boolean secure, Leave leave) throws Exception {
        if (leave == Leave.RESETS) {
            logInImpatiently(secure);
        } else {
            logIn(secure);
        }
        client.send(query(READ));
        reader.expect("Query " + READ);
        awaitWatch();
        client.send(query(INSERT), query("SELECT f(1)"));
        leave(leave);
        if (leave != Leave.RESETS) {
            writer.answer(INSERT, complete("INSERT 0 1"), ready('I'));
            writer.answer("SELECT f(1)", row("1"));
            expectFarewell(writer);
        }
        assertThatReaderIsNotKept();
        assertThatNobodyHasLoggedIn();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatWasSentBehindAWriteIsRun(boolean secure, Leave leave) throws Exception {
        logIn(secure);
        client.send(query(INSERT), query("INSERT INTO t VALUES (2)"));
        writer.expect("Query " + INSERT);
        awaitWatch();
        leave(leave);
        awaitLeft();
        writer.send(complete("INSERT 0 1"), ready('I'));
        writer.answer("INSERT INTO t VALUES (2)", complete("INSERT 0 1"), ready('I'));
        expectFarewell(reader);
        expectFarewell(writer);
        awaitEnd();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aTransactionIsLeftToItsServer(boolean secure, Leave leave) throws Exception {
        logIn(secure);
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        leave(leave);
        awaitLeft();
        writer.send(complete("INSERT 0 1"), ready('T'));
        writer.expectTerminate();
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    @Test
    void aTransactionOfAStandbyIsLeftAtOnce() throws Exception {
        logIn(false);
        client.send(query("BEGIN READ ONLY"));
        reader.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(query(READ), query("COMMIT"), query(INSERT));
        reader.expect("Query " + READ);
        awaitWatch();
        client.close();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.expectEnd();
        writer.expectTerminate();
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    /** What a client sends while its request runs is the next request, and no end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatSendsOnIsServed(boolean secure) throws Exception {
        logInImpatiently(secure);
        client.send(query(READ));
        reader.expect("Query " + READ);
        awaitWatch();
        byte[] rest = join(query(INSERT), query("SELECT 2"));
        client.sendSplit(rest, 3);
        stage.openServers().look();
        reader.send(row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        writer.answer(INSERT, complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
        writer.answer("SELECT 2", row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        client.close();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        awaitEnd();
    }

    /** Byte by byte, each while the request before runs and is watched. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingOfWhatComesMeanwhileIsLost(boolean secure) throws Exception {
        logIn(secure);
        byte[] next = query("SELECT 12345");
        for (int at = 1; at < next.length; at++) {
            client.send(query(READ));
            reader.expect("Query " + READ);
            awaitWatch();
            client.send(Arrays.copyOf(next, at));
            reader.send(row("1"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
            client.send(Arrays.copyOfRange(next, at, next.length));
            reader.answer("SELECT 12345", row("2"));
            client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        }
    }

    /** More than is kept: it waits in the kernel, and the end behind it is noticed when there is room again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatSendsOnALotIsHeldUp(boolean secure) throws Exception {
        logInImpatiently(secure);
        int count = 100;
        byte[] large = query("INSERT INTO t VALUES ('" + "x".repeat(10_000) + "')");
        client.send(query(READ));
        reader.expect("Query " + READ);
        awaitWatch();
        Thread sending = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    client.send(large);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        stage.openServers().look();
        reader.send(row("1"));
        for (int i = 0; i < count; i++) {
            assertThat(writer.read().body()).hasSize(large.length - 5);
            writer.send(complete("INSERT 0 1"), ready('I'));
        }
        sending.join();
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        for (int i = 0; i < count; i++) {
            client.expect("Complete INSERT 0 1", "Ready I");
        }
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        client.close();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
    }

    @Test
    void aLargeRequestIsWatchedToo() throws Exception {
        logIn(false);
        String sql = "SELECT '" + "x".repeat(RequestMessages.KEEP_LIMIT - 100) + "'";
        client.send(query(sql));
        reader.expect("Query " + sql);
        awaitWatch();
        client.close();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        awaitEnd();
    }

    @Test
    void aRequestThatIsTooLargeToBeKeptIsWatchedToo() throws Exception {
        logInImpatiently(false);
        String sql = "SELECT '" + "x".repeat(RequestMessages.KEEP_LIMIT) + "'";
        client.send(query(sql));
        writer.expect("Query " + sql);
        awaitWatch();
        client.close();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        awaitEnd();
    }

    @Test
    void aFlushedRequestIsWatchedToo() throws Exception {
        logIn(false);
        client.send(parse("", READ), flush());
        reader.answer(List.of("Parse : " + READ, "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(bind(""), execute(), flush());
        reader.expect("Bind ", "Execute", "Flush");
        reader.send(bindComplete());
        awaitWatch();
        client.close();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    /** A row that was held back is not the verdict. */
    @Test
    void aReadIsCancelledBehindItsFirstRows() throws Exception {
        logIn(false);
        client.send(query(READ));
        reader.answer(READ, rowDescription("a"), dataRow("1"));
        awaitWatch();
        client.close();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.expectEnd();
    }

    /** The connection's own thread reads what it has begun, and the client thread waits for it. */
    @Test
    void itIsWatchedWhileAThreadOfTheConnectionReads() throws Exception {
        logInImpatiently(false);
        byte[] whole = notification("c", "hello");
        writer.send(Arrays.copyOf(whole, 7));
        Await.until("the writer has a thread", () -> stage.openServers().awake() == 1);
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        awaitWatch();
        client.close();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        awaitEnd();
    }

    @Test
    void aCopyThatNobodyGoesOnWithIsCancelled() throws Exception {
        logIn(false);
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"));
        writer.expect("CopyData 1\n");
        client.close();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        writer.expectEnd();
        awaitEnd();
    }

    @Test
    void aCopyThatHasAllItsDataIsRunToItsEnd() throws Exception {
        logIn(false);
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), copyDone(), terminate());
        client.close();
        writer.expect("CopyData 1\n", "CopyDone");
        awaitLeft();
        writer.send(complete("COPY 1"), ready('I'));
        expectFarewell(reader);
        expectFarewell(writer);
        awaitEnd();
        assertThat(stage.primary().isCancelled()).isFalse();
    }

    /** The rows fill all that is between: the server finds out by the end of the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatDoesNotReadAndGoesHoldsNoServer(boolean secure) throws Exception {
        logIn(secure);
        client.send(query("SELECT a FROM t"));
        reader.expect("Query SELECT a FROM t");
        byte[] row = dataRow("x".repeat(100_000));
        AtomicInteger sent = new AtomicInteger();
        Thread server = Thread.ofVirtual().start(() -> {
            try {
                reader.send(rowDescription("a"));
                while (true) {
                    reader.send(row);
                    sent.incrementAndGet();
                }
            } catch (IOException closed) {
                sent.set(-1);
            }
        });
        AtomicInteger before = new AtomicInteger(-1);
        awaitLook(() -> sent.get() > 0 && sent.get() == before.getAndSet(sent.get()));
        client.close();
        server.join();
        awaitEnd();
        assertThat(sent.get()).isEqualTo(-1);
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        assertThatNobodyHasLoggedIn();
    }

    /** An administrator ends what runs for nobody: it is not begun again on another node. */
    @ParameterizedTest
    @EnumSource(Leave.class)
    void whatAnAdministratorEndsIsNotBegunAgain(Leave how) throws Exception {
        logIn(false);
        client.send(query(READ));
        reader.expect("Query " + READ);
        how.by(client);
        reader.send(fatal("57P01", "terminating connection due to administrator command"));
        reader.close();
        expectFarewell(writer);
        awaitEnd();
        assertThatNobodyHasLoggedIn();
    }

    /** A refusal that comes in time is a write's: it goes to the primary, as the client has asked. */
    @Test
    void aWriteThatAStandbyRefusesIsRun() throws Exception {
        logIn(false);
        client.send(query("SELECT f(1)"), terminate());
        client.close();
        reader.answer("SELECT f(1)", error("25006", "read-only"), ready('I'));
        writer.expect("Query SELECT f(1)");
        awaitLeft();
        writer.send(row("1"));
        expectFarewell(writer);
        awaitEnd();
        assertThat(stage.primary().isCancelled()).isFalse();
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pgrouter.protocol.StartupPacket;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;
import pgrouter.testing.TlsFiles;

/** A client that says nothing for a while has no thread, and notices nothing of that: in the clear and in TLS. */
@Timeout(60)
final class RestingClientsTest {
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    @RegisterExtension
    private final Stage stage = Stage.with(1).pool(1);

    private FakeClient client;
    private Connection writer;
    private Connection reader;

    static Stream<Boolean> securities() {
        return Stream.of(false, true);
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
        sleep();
    }

    /** As time does: whether it rests already is looked at again. */
    private void sleep() {
        Await.until("the client has no thread", () -> {
            stage.sessions().dismissResting();
            return stage.sessions().awake() == 0;
        });
    }

    private void write() throws Exception {
        client.send(query(INSERT));
        answer();
    }

    private void answer() throws Exception {
        writer.answer(INSERT, complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    private void awaitLeft() {
        Await.until("the session is over", () -> stage.sessions().facts().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("securities")
    void itAsksAgainAndAgain(boolean secure) throws Exception {
        logIn(secure);
        for (int i = 0; i < 3; i++) {
            write();
            client.send(query("SELECT 1"));
            writer.answer("SELECT 1", row("1"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
            sleep();
        }
    }

    @ParameterizedTest
    @MethodSource("securities")
    void aRequestComesInPieces(boolean secure) throws Exception {
        logIn(secure);
        byte[] whole = query(INSERT);
        client.send(Arrays.copyOf(whole, 3));
        Await.until("the client has a thread", () -> stage.sessions().awake() == 1);
        client.send(Arrays.copyOfRange(whole, 3, whole.length));
        answer();
        sleep();
        write();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void manyRequestsComeAtOnce(boolean secure) throws Exception {
        logIn(secure);
        client.send(query(INSERT), query(INSERT), query(INSERT));
        for (int i = 0; i < 3; i++) {
            answer();
        }
        sleep();
    }

    /** A transaction is soon over, or should be. */
    @ParameterizedTest
    @MethodSource("securities")
    void withinATransactionItKeepsItsThread(boolean secure) throws Exception {
        logIn(secure);
        client.send(query("BEGIN"), query(INSERT));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete BEGIN", "Ready T", "Complete INSERT 0 1", "Ready T");
        stage.sessions().dismissResting();
        stage.sessions().dismissResting();
        assertThat(stage.sessions().awake()).isEqualTo(1);
        client.send(query("COMMIT"));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        sleep();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void aNotificationReachesIt(boolean secure) throws Exception {
        logIn(secure);
        writer.send(notification("c", "hello"));
        client.expect("Notification c hello");
        assertThat(stage.sessions().awake()).isZero();
        write();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void itLeavesAndItsConnectionsAreKept(boolean secure) throws Exception {
        logIn(secure);
        client.send(Frontend.terminate());
        Stream.of(reader, writer).forEach(RestingClientsTest::answerSync);
        awaitLeft();
        assertThat(stage.serverPool().size()).isEqualTo(2);
        client.expectEnd();
    }

    private static void answerSync(Connection server) {
        try {
            server.expect("Sync");
            server.send(Server.ready('I'));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("securities")
    void itIsGone(boolean secure) throws Exception {
        logIn(secure);
        client.close();
        Stream.of(reader, writer).forEach(RestingClientsTest::answerSync);
        awaitLeft();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void itsServerEndsTheSession(boolean secure) throws Exception {
        logIn(secure);
        writer.send(fatal("57P05", "terminating connection due to idle-session timeout"));
        writer.close();
        client.expect("FATAL 57P05 terminating connection due to idle-session timeout");
        client.expectEnd();
        awaitLeft();
        reader.expectTerminate();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void itIsKilled(boolean secure) throws Exception {
        logIn(secure);
        assertThat(stage.sessions().kill(stage.sessions().facts().getFirst().number()))
                .isTrue();
        client.expect("FATAL 57P01 terminating connection due to administrator command");
        client.expectEnd();
        awaitLeft();
        reader.expectTerminate();
        writer.expectTerminate();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void pgrouterEnds(boolean secure) throws Exception {
        logIn(secure);
        assertThat(stage.sessions().end(Duration.ofSeconds(30))).isTrue();
        client.expect("FATAL 57P01 terminating connection due to administrator command");
        client.expectEnd();
        reader.expectTerminate();
        writer.expectTerminate();
    }
}

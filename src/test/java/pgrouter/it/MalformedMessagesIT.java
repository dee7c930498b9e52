package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What no client should send is answered as by PostgreSQL, message by message, and ends the session where PostgreSQL ends it. */
@Tag("versions")
@ExtendWith(SharedCluster.class)
final class MalformedMessagesIT {
    private static final byte[] READ = join(parse("", "SELECT 7"), bindNothing(""), execute());

    private final PostgresCluster cluster;
    private final RouterProcess router;

    MalformedMessagesIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    /** Goes on with one connection until that is ended, and then with another. */
    private static final class Session implements Closeable {
        private final int port;
        private Optional<FakeClient> present = Optional.empty();

        Session(int port) {
            this.port = port;
        }

        /** What comes for this, up to the end of what is sent after it, or of the connection. */
        List<String> replies(byte[] bytes) throws IOException {
            if (present.isEmpty()) {
                present = Optional.of(connect());
            }
            FakeClient client = present.get();
            List<String> replies = new ArrayList<>();
            try {
                client.send(bytes, query("ROLLBACK; SELECT 'end'"));
                while (!replies.contains("Row end") || !replies.getLast().startsWith("Ready")) {
                    replies.add(client.read());
                }
            } catch (EOFException | SocketException end) {
                replies.add("the end");
                close();
            }
            return replies;
        }

        private FakeClient connect() throws IOException {
            FakeClient client = FakeClient.dialPatiently(port);
            client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
            return client;
        }

        @Override
        public void close() {
            present.ifPresent(FakeClient::close);
            present = Optional.empty();
        }
    }

    private static byte[] message(char tag, String body) {
        return Frontend.message((byte) tag, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] header(char tag, int length) {
        return ByteBuffer.allocate(5).put((byte) tag).putInt(length).array();
    }

    private static Map<String, byte[]> messages() {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("Parse of nothing", message('P', ""));
        messages.put("Parse without the end of its name", message('P', "abc"));
        messages.put("Parse without a text", message('P', "s\0"));
        messages.put("Parse without the end of its text", message('P', "\0SELECT 1"));
        messages.put("Parse without a count", message('P', "\0SELECT 1\0"));
        messages.put("Parse of more types than there are", message('P', "\0SELECT 1\0\0\3\0\0\0\27"));
        messages.put("Parse with a count of -1", message('P', "\0SELECT 1\0\377\377"));
        messages.put("Parse with a byte too many", message('P', "\0SELECT 1\0\0\0x"));
        messages.put("Parse of a text in another encoding", message('P', "\0SELECT '\377'\0\0\0"));
        messages.put("Bind of nothing", message('B', ""));
        messages.put("Bind without a statement", message('B', "p"));
        messages.put("Bind without counts", message('B', "\0\0"));
        messages.put("Bind with values that nobody has asked for", message('B', "\0\0\0\0\0\3\0\0"));
        messages.put("Bind with formats that are not there", message('B', "\0\0\0\2\0\0"));
        messages.put("Bind with a byte too many", message('B', "\0\0\0\0\0\0\0\0x"));
        messages.put("Describe of nothing", message('D', ""));
        messages.put("Describe of another kind", message('D', "X\0"));
        messages.put("Describe without the end of its name", message('D', "Sab"));
        messages.put("Describe with a byte too many", message('D', "S\0\0"));
        messages.put("Close of nothing", message('C', ""));
        messages.put("Close of another kind", message('C', "Xab\0"));
        messages.put("Close without the end of its name", message('C', "Pa"));
        messages.put("Close with a byte too many", message('C', "S\0b"));
        messages.put("Execute of nothing", message('E', ""));
        messages.put("Execute with a byte too many", message('E', "\0\0\0\0\0x"));
        messages.put("Flush with a body", message('H', "x"));
        messages.put("Sync with a body", message('S', "x"));
        messages.put("Query of nothing", message('Q', ""));
        messages.put("Query without its end", message('Q', "SELECT 1"));
        messages.put("Query of two texts", message('Q', "SELECT 1\0SELECT 2\0"));
        messages.put("Query in another encoding", message('Q', "SELECT '\377'\0"));
        messages.put("FunctionCall of nothing", message('F', ""));
        messages.put("FunctionCall with more arguments than there are", message('F', "\0\0\6\76\0\0\0\3\0\0"));
        messages.put("CopyData without a COPY", message('d', "x"));
        messages.put("CopyDone with a body", message('c', "x"));
        messages.put("CopyFail without its end", message('f', "x"));
        messages.put("a type that does not exist", message('?', ""));
        messages.put("a password", message('p', "x\0"));
        messages.put("the type of a web browser", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        messages.put("a length of 3", header('Q', 3));
        messages.put("a length of 0", header('S', 0));
        messages.put("a length of -1", header('P', -1));
        messages.put("a Sync that is too large", header('S', 20_000));
        messages.put("a Parse that is too large", header('P', Integer.MAX_VALUE));
        return messages;
    }

    /** Each by itself and in the middle of others, outside of a transaction and in one, of the primary and of a standby. */
    @Test
    void theyAreAnsweredAsWithoutPgrouter() throws Exception {
        try (Session direct = new Session(cluster.port(1));
                Session routed = new Session(router.port())) {
            assertSame(direct, routed, "Terminate with a body", message('X', "x"));
            for (Map.Entry<String, byte[]> message : messages().entrySet()) {
                byte[] malformed = message.getValue();
                byte[] failed = join(bindNothing("none"), malformed, READ, sync());
                byte[] among = join(READ, malformed, READ, sync(), READ, sync());
                assertSame(direct, routed, message.getKey(), join(malformed, sync()));
                assertSame(direct, routed, message.getKey() + " among others", among);
                assertSame(direct, routed, message.getKey() + " after an error", failed);
                assertSame(direct, routed, message.getKey() + " in a transaction", join(query("BEGIN"), among));
                assertSame(
                        direct,
                        routed,
                        message.getKey() + " on a standby",
                        join(query("BEGIN READ ONLY"), query("SELECT 1"), malformed, sync()));
            }
        }
    }

    @Test
    void theUnnamedStatementStaysWhereItIs() throws Exception {
        try (Session direct = new Session(cluster.port(1));
                Session routed = new Session(router.port())) {
            byte[] used = join(bindNothing(""), execute(), sync());
            byte[] parsed = join(parse("", "SELECT 1"), sync());
            for (byte[] malformed : List.of(message('P', "\0SELECT 2"), message('Q', "SELECT 2"))) {
                assertSame(direct, routed, "the unnamed statement", join(parsed, malformed, sync(), used));
            }
        }
    }

    @Test
    void aCopyEndsAsWithoutPgrouter() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS malformed_copy; CREATE TABLE malformed_copy(a text)");
        cluster.run(1, "GRANT ALL ON malformed_copy TO app");
        cluster.awaitReplay(1);
        byte[] copy = join(query("COPY malformed_copy FROM STDIN"), message('d', "1\n"));
        try (Session direct = new Session(cluster.port(1));
                Session routed = new Session(router.port())) {
            List<byte[]> messages = List.of(
                    join(message('H', "x"), message('S', "x"), message('c', "x")),
                    message('f', "without an end"),
                    message('P', ""),
                    message('Q', ""),
                    message('?', ""),
                    header('d', 3));
            for (byte[] malformed : messages) {
                assertSame(direct, routed, "COPY", join(copy, malformed));
            }
            assertThat(cluster.ask(1, "SELECT count(*) FROM malformed_copy")).isEqualTo("2");
        }
        cluster.run(1, "DROP TABLE malformed_copy");
    }

    private static void assertSame(Session direct, Session routed, String what, byte[] bytes) throws IOException {
        assertThat(routed.replies(bytes)).as(what).isEqualTo(direct.replies(bytes));
    }
}

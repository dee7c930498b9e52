package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.copyData;
import static pgrouter.testing.Frontend.copyDone;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.message;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Frontend.terminate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.client.Memory;
import pgrouter.config.RouteRules;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Reported;
import pgrouter.request.Request;
import pgrouter.request.RequestAnalyzer;
import pgrouter.request.RequestMessages;
import pgrouter.request.RequestReader;
import pgrouter.request.Statement;
import pgrouter.request.Statements;
import pgrouter.request.TextAnalyzer;
import pgrouter.routing.Traits;
import pgrouter.testing.ReadyWire;

/** A stream of bytes is cut into requests, however it arrives. */
final class RequestReaderTest {
    private final Statements statements = new Statements(Memory.unlimited().begin());
    private final Request request = new Request();

    /** Gives its bytes in pieces of these sizes, over and over. */
    private record Pieces(ByteBuffer bytes, int first, int others) implements ReadyWire {
        @Override
        public int read(ByteBuffer into) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int size = bytes.position() < first ? first - bytes.position() : others;
            int count = Math.min(Math.min(size, into.remaining()), bytes.remaining());
            into.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            return count;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            throw new IOException("only for reading");
        }

        @Override
        public boolean isQuiet() {
            return !bytes.hasRemaining();
        }
    }

    @Test
    void requestEndsWithQueryFunctionCallOrSync() throws Exception {
        byte[] bytes = join(query("SELECT 1"), parse("s", "SELECT 2"), bind("s"), execute(), sync(), terminate());
        assertThat(lengths(bytes, bytes.length, bytes.length))
                .containsExactly(
                        query("SELECT 1").length, bytes.length - query("SELECT 1").length - terminate().length);
    }

    @Test
    void everySplitGivesTheSameRequests() throws Exception {
        byte[] bytes = join(
                query("SELECT 1"), copyData("stray"), copyDone(), parse("s", "SELECT 2"), bind("s"), execute(), sync());
        List<Integer> whole = lengths(bytes, bytes.length, bytes.length);
        for (int at = 1; at < bytes.length; at++) {
            assertThat(lengths(bytes, at, bytes.length)).as("split at %d", at).isEqualTo(whole);
        }
        assertThat(lengths(bytes, 1, 1)).isEqualTo(whole);
    }

    private List<Integer> lengths(byte[] bytes, int first, int others) throws Exception {
        Inbox inbox = new Inbox(new Pieces(ByteBuffer.wrap(bytes), first, others), Carrier.JDK, 64);
        RequestReader reader = reader(inbox);
        List<Integer> lengths = new ArrayList<>();
        while (reader.next(request)) {
            lengths.add(request.length());
            inbox.consume(request.length());
        }
        return lengths;
    }

    @Test
    void flushInterruptsARequest() throws Exception {
        byte[] bytes = join(parse("", "SELECT 1"), flush(), bind(""), execute(), sync());
        RequestReader reader = reader(inbox(bytes));
        assertThat(reader.next(request)).isTrue();
        assertThat(request.length()).isEqualTo(parse("", "SELECT 1").length + flush().length);
        assertThat(reader.more(request, () -> false)).isTrue();
        assertThat(request.length()).isEqualTo(bytes.length);
    }

    @Test
    void statementsFromBeforeTheRequestAreItsReferences() throws Exception {
        byte[] bytes =
                join(bind("old"), execute(), parse("new", "SELECT 1"), bind("new"), describeStatement("old"), sync());
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.statements().references()).containsExactly("old");
        assertThat(request.statements().all())
                .hasSize(2)
                .element(0)
                .extracting(Statement::name)
                .isEqualTo("new");
        assertThat(request.statements().all()).element(1).isSameAs(Statement.UNKNOWN);
    }

    @Test
    void statementUsedBeforeItIsClosedIsAReference() throws Exception {
        byte[] bytes = join(bind("old"), execute(), closeStatement("old"), bind("old"), sync());
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.statements().references()).containsExactly("old");
    }

    @Test
    void requestAtTheKeepLimitIsKept() throws Exception {
        byte[] bytes = query("x".repeat(RequestMessages.KEEP_LIMIT - 6));
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.isTooLarge()).isFalse();
        assertThat(request.length()).isEqualTo(RequestMessages.KEEP_LIMIT);
    }

    @Test
    void largerRequestIsNotKept() throws Exception {
        byte[] bytes = query("x".repeat(RequestMessages.KEEP_LIMIT - 5));
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.isTooLarge()).isTrue();
        assertThat(request.length()).isZero();
    }

    @Test
    void whatIsCompleteBeforeALargeMessageBelongsToTheRequest() throws Exception {
        byte[] parse = parse("s", "SELECT $1");
        byte[] bytes = join(parse, bind("s", new byte[RequestMessages.KEEP_LIMIT]), execute(), sync());
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.isTooLarge()).isTrue();
        assertThat(request.length()).isEqualTo(parse.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 0x3fffffff, Integer.MAX_VALUE})
    void impossibleLengthOfAQueryIsTheEnd(int length) throws Exception {
        byte[] bytes =
                ByteBuffer.allocate(9).put(FrontendTag.QUERY).putInt(length).array();
        assertThat(reader(inbox(bytes)).next(request)).isFalse();
    }

    @Test
    void impossibleLengthAfterWholeMessagesEndsTheRequestWithItsHeader() throws Exception {
        byte[] before = join(parse("", "SELECT 1"), bind(""));
        byte[] bytes = join(before, new byte[] {'S', 0, 0, 0, 3});
        assertThat(reader(inbox(bytes)).next(request)).isTrue();
        assertThat(request.isBrokenOff()).isTrue();
        assertThat(request.violation()).isEmpty();
        assertThat(request.lengthOfMessages()).isEqualTo(before.length);
        assertThat(request.length()).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @ValueSource(bytes = {'S', 'H', 'E', 'D', 'C', 'c', 'f'})
    void smallMessagesHaveASmallLimit(byte tag) throws Exception {
        byte[] bytes = ByteBuffer.allocate(9).put(tag).putInt(10_001).array();
        assertThat(reader(inbox(bytes)).next(request)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, '?', 'p', 'Z', -1})
    void unknownTypeEndsTheRequestWithItsHeader(byte tag) throws Exception {
        byte[] before = parse("", "SELECT 1");
        byte[] unknown = ByteBuffer.allocate(9).put(tag).putInt(-1).array();
        Inbox inbox = inbox(join(before, unknown));
        RequestMessages messages = messages(inbox);
        RequestReader reader = new RequestReader(inbox, messages);
        assertThat(reader.next(request)).isTrue();
        assertThat(request.isBrokenOff()).isTrue();
        assertThat(request.violation())
                .map(Throwable::getMessage)
                .hasValue("invalid frontend message type " + (tag & 0xff));
        assertThat(request.lengthOfMessages()).isEqualTo(before.length);
        assertThat(request.length()).isEqualTo(before.length + 5);
        assertThat(Traits.has(request.traits(), Traits.WRITER)).isTrue();
        messages.again(request);
        assertThat(request.length()).isEqualTo(before.length + 5);
        assertThat(reader.more(request, () -> true)).isFalse();
    }

    @Test
    void malformedMessagesShowNothing() throws Exception {
        assertMalformed(message(FrontendTag.QUERY));
        assertMalformed(message(FrontendTag.QUERY, new byte[] {'x'}));
        assertMalformed(message(FrontendTag.QUERY, new byte[] {'x', 0, 'y', 0}));
        assertMalformed(message(FrontendTag.PARSE));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0}));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0, 'x'}));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0, 'x', 0}));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0, 'x', 0, 0, 0, 'y'}));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0, 'x', 0, 0, 1}));
        assertMalformed(message(FrontendTag.PARSE, new byte[] {'s', 0, 'x', 0, -1, -1}));
        assertMalformed(message(FrontendTag.BIND, new byte[] {0}));
        assertMalformed(message(FrontendTag.DESCRIBE));
        assertMalformed(message(FrontendTag.DESCRIBE, new byte[] {'S'}));
        assertMalformed(message(FrontendTag.DESCRIBE, new byte[] {'S', 0, 0}));
        assertMalformed(message(FrontendTag.DESCRIBE, new byte[] {'x', 0}));
        assertMalformed(message(FrontendTag.CLOSE, new byte[] {'S', 'x'}));
        assertMalformed(message(FrontendTag.CLOSE, new byte[] {'P', 'x', 0, 'y'}));
        assertMalformed(message(FrontendTag.FLUSH, new byte[] {0}));
    }

    private void assertMalformed(byte[] bytes) throws Exception {
        byte[] before = bind("b");
        RequestReader reader = reader(inbox(join(before, bytes, sync())));
        assertThat(reader.next(request)).isTrue();
        assertThat(request.isMalformed(0)).isFalse();
        assertThat(request.isMalformed(before.length)).isTrue();
        assertThat(request.statements().all()).isEmpty();
        assertThat(request.statements().references()).containsExactly("b");
        assertThat(request.changes().texts()).isEmpty();
        assertThat(request.traits()).isEqualTo(Traits.WRITER);
        assertThat(reader.next(request)).isTrue();
        assertThat(request.isMalformed(before.length)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void hostileBytesAreAViolationOrTheEnd(long seed) {
        Random random = new Random(seed);
        byte[] tags = {'Q', 'P', 'B', 'D', 'C', 'E', 'F', 'H', 'S', 'd', 'c', 'f', 'X'};
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 5) {
                bytes[0] = tags[random.nextInt(tags.length)];
                ByteBuffer.wrap(bytes).putInt(1, random.nextInt(bytes.length));
            }
            readAll(bytes);
        }
    }

    /** Any other exception than the two that are expected fails the test. */
    private void readAll(byte[] bytes) {
        try {
            assertThat(lengths(bytes, 1, 7)).allMatch(length -> length <= bytes.length);
        } catch (ProtocolException expected) {
            assertThat(expected).hasMessageNotContaining("null");
        } catch (Exception e) {
            throw new AssertionError("unexpected for hostile bytes", e);
        }
    }

    private static Inbox inbox(byte[] bytes) {
        return new Inbox(new Pieces(ByteBuffer.wrap(bytes), bytes.length, bytes.length), Carrier.JDK, 64);
    }

    private RequestReader reader(Inbox inbox) {
        return new RequestReader(inbox, messages(inbox));
    }

    private RequestMessages messages(Inbox inbox) {
        return new RequestMessages(
                inbox,
                new RequestAnalyzer(
                        new TextAnalyzer(statements, new Reported(Map.of()), RouteRules.DEFAULT), statements));
    }
}

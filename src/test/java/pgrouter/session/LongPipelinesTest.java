package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.client.Memory;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Message;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;

/** A pipeline without Sync has no end: what is kept of it has one. */
@Timeout(60)
final class LongPipelinesTest {
    /** {@code PQ_SEND_BUFFER_SIZE} of a server that answers slowly. */
    private static final int SEND_BUFFER = 1 << 20;

    private static final String EXCESS =
            "ERROR 54000 prepared statements and settings of a session must not exceed 600000 bytes (clients { memory })";

    private final Memory memory = new Memory(4 << 20, () -> 600_000);
    private final AtomicInteger flushed = new AtomicInteger();

    @RegisterExtension
    private final Stage stage = Stage.with(1).memory(memory);

    private FakeClient client;

    @BeforeEach
    void logIn() throws Exception {
        stage.primary().handle(this::play);
        client = stage.client();
    }

    /** Answers as a server that says what it has to when its buffer is full, or when it is told to, or at an error. */
    private void play(Connection connection) throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        boolean skipping = false;
        for (Message message = connection.read(); message.tag() != FrontendTag.TERMINATE; message = connection.read()) {
            byte tag = message.tag();
            boolean fails = tag == FrontendTag.PARSE && message.fromClient().startsWith("Parse pgrouter: ");
            flushed.addAndGet(tag == FrontendTag.FLUSH ? 1 : 0);
            if (!skipping || tag == FrontendTag.SYNC) {
                answers.writeBytes(fails ? Server.error("42601", "syntax error") : answer(tag));
                skipping = fails;
            }
            if (tag == FrontendTag.SYNC
                    || tag == FrontendTag.QUERY
                    || tag == FrontendTag.FLUSH
                    || fails
                    || answers.size() > SEND_BUFFER) {
                connection.send(answers.toByteArray());
                answers.reset();
            }
        }
    }

    private static byte[] answer(byte tag) {
        return switch (tag) {
            case FrontendTag.PARSE -> Server.parseComplete();
            case FrontendTag.BIND -> Server.bindComplete();
            case FrontendTag.EXECUTE -> Server.complete("UPDATE 1");
            case FrontendTag.CLOSE -> Server.closeComplete();
            case FrontendTag.SYNC -> Server.ready('I');
            case FrontendTag.QUERY -> Server.row("1");
            default -> new byte[0];
        };
    }

    /** Sends it while the answers are read. */
    private void send(byte[]... messages) {
        Thread.ofVirtual().start(() -> {
            try {
                client.send(messages);
            } catch (IOException gone) {
                // The test has failed.
            }
        });
    }

    private static byte[] times(int count, byte[]... messages) {
        byte[][] all = new byte[count][];
        Arrays.fill(all, join(messages));
        return join(all);
    }

    /** @return how many messages come before the next one that begins so */
    private int answersUpTo(String end) throws IOException {
        int answers = 0;
        for (String answer = client.read(); !answer.startsWith(end); answer = client.read()) {
            assertThat(answer).doesNotStartWith("ERROR");
            answers++;
        }
        return answers;
    }

    @Test
    void whatIsUnansweredIsAwaited() throws Exception {
        send(times(20_000, parse("", "UPDATE t SET a = 1"), bind(""), execute()), sync());
        assertThat(answersUpTo("Ready")).isEqualTo(60_000);
        assertThat(flushed.get()).isPositive();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void itsNamesAreTooManyAtSomeTime() throws Exception {
        byte[][] closes = new byte[5000][];
        for (int i = 0; i < closes.length; i++) {
            closes[i] = closeStatement("a statement of a long name that is nowhere " + i);
        }
        send(join(closes), sync());
        assertThat(answersUpTo("ERROR")).isBetween(1000, 4000);
        client.expect("Ready I");
        send(query("SELECT pg_backend_pid()"));
        assertThat(answersUpTo("Ready")).isPositive();
        Await.until("all is given back", () -> memory.taken() == 0);
    }

    @Test
    void itsStatementsAreTooManyAtSomeTime() throws Exception {
        byte[][] parses = new byte[5000][];
        for (int i = 0; i < parses.length; i++) {
            parses[i] = parse("s" + i, "UPDATE t SET a = 1");
        }
        send(join(parses), sync());
        assertThat(client.read()).isEqualTo("ParseComplete");
        assertThat(answersUpTo(EXCESS)).isBetween(500, 5000);
    }
}

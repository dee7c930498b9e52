package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.testing.ReadyWire;

@Timeout(30)
final class MessageWriterTest {
    private final ScriptedWire wire = new ScriptedWire(new byte[0], 1);
    private final MessageWriter outbox = new MessageWriter(wire);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void begin(String piece) throws IOException {
        outbox.write(ByteBuffer.wrap(bytes(piece)), true);
    }

    private String written() {
        return new String(wire.written(), StandardCharsets.US_ASCII);
    }

    /** Another thread that writes, and is seen to wait. */
    private Thread waitingWriter(String text) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            started.countDown();
            try {
                outbox.write(bytes(text));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        started.await();
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).as("the other thread waits").isTrue();
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void onlyThePartOfTheArrayIsWritten() throws IOException {
        outbox.write(ByteBuffer.wrap(bytes("xaby"), 1, 2), false);
        outbox.write(bytes("c"));
        assertThat(written()).isEqualTo("abc");
    }

    @Test
    void nobodyWritesBetweenThePiecesOfOneMessage() throws IOException, InterruptedException {
        begin("a");
        Thread other = waitingWriter("X");
        begin("b");
        assertThat(written()).isEqualTo("ab");
        outbox.write(bytes("c"));
        other.join();
        assertThat(written()).isEqualTo("abcX");
    }

    @Test
    void afterALostConnectionNobodyIsKeptOut() throws IOException, InterruptedException {
        MessageWriter broken = new MessageWriter(new ReadyWire() {
            @Override
            public int read(ByteBuffer into) {
                return -1;
            }

            @Override
            public void write(ByteBuffer from) throws IOException {
                throw new IOException("broken pipe");
            }

            @Override
            public boolean isQuiet() {
                return true;
            }
        });
        assertThatThrownBy(() -> broken.write(ByteBuffer.wrap(bytes("a")), true))
                .hasMessage("broken pipe");
        CountDownLatch through = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            assertThatThrownBy(() -> broken.write(bytes("b"))).hasMessage("broken pipe");
            through.countDown();
        });
        assertThat(through.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aThreadThatEndsGivesWay() throws IOException, InterruptedException {
        begin("a");
        Thread other = waitingWriter("X");
        outbox.abandon();
        other.join();
        assertThat(written()).isEqualTo("aX");
    }

    @Test
    void abandoningWithoutAMessageIsHarmless() throws IOException {
        outbox.abandon();
        outbox.write(bytes("a"));
        outbox.abandon();
        assertThat(written()).isEqualTo("a");
    }

    @Test
    void messagesOfManyThreadsStayWhole() throws Exception {
        try (TaskScope scope = new TaskScope("writer")) {
            List<Future<Void>> writers = new ArrayList<>();
            for (String letter : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
                writers.add(scope.fork(() -> writeInTwoPieces(letter)));
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
        }
        assertThat(written()).hasSize(8_000).matches("(aa|bb|cc|dd|ee|ff|gg|hh)*+");
    }

    private Void writeInTwoPieces(String letter) throws IOException {
        for (int i = 0; i < 500; i++) {
            begin(letter);
            outbox.write(bytes(letter));
        }
        return null;
    }
}

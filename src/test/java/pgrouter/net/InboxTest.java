package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private static final int USUAL = 8;

    private static Inbox inbox(String incoming) {
        return inbox(incoming, Integer.MAX_VALUE);
    }

    private static Inbox inbox(String incoming, int atATime) {
        return new Inbox(new ScriptedWire(incoming.getBytes(StandardCharsets.US_ASCII), atATime), Carrier.JDK, USUAL);
    }

    private static String content(Inbox inbox) {
        return new String(inbox.array(), inbox.arrayOffset(0), inbox.available(), StandardCharsets.US_ASCII);
    }

    private static void fillUp(Inbox inbox, int limit) throws IOException {
        while (inbox.hasRoom(limit) && inbox.fill(limit)) {
            assertThat(inbox.available()).isPositive();
        }
    }

    @Test
    void itOwnsNoBufferUntilItIsFilled() {
        Inbox inbox = inbox("abc");
        assertThat(inbox.available()).isZero();
        assertThat(inbox.array()).isEmpty();
    }

    @Test
    void whatArrivedCanBeReadAtItsOffset() throws IOException {
        Inbox inbox = inbox("Q\0\0\1\5xyz");
        assertThat(inbox.fill(0)).isTrue();
        assertThat(inbox.available()).isEqualTo(8);
        assertThat(inbox.byteAt(0)).isEqualTo((byte) 'Q');
        assertThat(inbox.intAt(1)).isEqualTo(0x105);
        inbox.consume(5);
        assertThat(inbox.byteAt(0)).isEqualTo((byte) 'x');
        assertThat(inbox.arrayOffset(0)).isEqualTo(5);
    }

    @Test
    void theEndOfTheStreamIsFalseAndWhatCameBeforeStays() throws IOException {
        Inbox inbox = inbox("abc");
        assertThat(inbox.fill(0)).isTrue();
        assertThat(inbox.fill(0)).isFalse();
        assertThat(inbox.fill(0)).isFalse();
        assertThat(content(inbox)).isEqualTo("abc");
    }

    @Test
    void itGrowsUpToTheLimitAndNoFurther() throws IOException {
        Inbox inbox = inbox("x".repeat(200), 3);
        fillUp(inbox, 100);
        assertThat(inbox.available()).isEqualTo(100);
        assertThat(inbox.array()).hasSize(100);
        assertThat(inbox.hasRoom(100)).isFalse();
        assertThat(inbox.hasRoom(101)).isTrue();
        assertThatThrownBy(() -> inbox.fill(100)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theUsualCapacityIsThereWhateverTheLimit() throws IOException {
        Inbox inbox = inbox("x".repeat(20));
        fillUp(inbox, 0);
        assertThat(inbox.available()).isEqualTo(USUAL);
        assertThat(inbox.array()).hasSize(USUAL);
    }

    /** A message that was begun with a large limit must not be cut by the next call. */
    @Test
    void aSmallerLimitThanWhatIsKeptIsNoRoomAndLosesNothing() throws IOException {
        Inbox inbox = inbox("x".repeat(200));
        fillUp(inbox, 64);
        assertThat(inbox.hasRoom(32)).isFalse();
        assertThatThrownBy(() -> inbox.fill(32)).isInstanceOf(IllegalStateException.class);
        assertThat(content(inbox)).isEqualTo("x".repeat(64));
    }

    @Test
    void consumingMakesRoomWithoutGrowing() throws IOException {
        Inbox inbox = inbox("abcdefghijkl");
        fillUp(inbox, 0);
        inbox.consume(3);
        assertThat(inbox.hasRoom(0)).isTrue();
        fillUp(inbox, 0);
        assertThat(content(inbox)).isEqualTo("defghijk");
        assertThat(inbox.array()).hasSize(USUAL);
    }

    @Test
    void onceEmptyALargeBufferIsGivenUp() throws IOException {
        Inbox inbox = inbox("x".repeat(64) + "yz");
        fillUp(inbox, 64);
        inbox.consume(63);
        assertThat(inbox.array()).hasSize(64);
        inbox.consume(1);
        fillUp(inbox, 0);
        assertThat(content(inbox)).isEqualTo("yz");
        assertThat(inbox.array()).hasSize(USUAL);
    }

    @Test
    void whoWaitsWithNothingHasNoBuffer() throws IOException {
        AtomicReference<Inbox> waiting = new AtomicReference<>();
        Inbox inbox = new Inbox(
                new ScriptedWire("abc".getBytes(StandardCharsets.US_ASCII), 2) {
                    @Override
                    public void awaitInput() {
                        assertThat(waiting.get().array()).isEmpty();
                    }
                },
                Carrier.JDK,
                USUAL);
        waiting.set(inbox);
        inbox.fill(0);
        inbox.consume(1);
        inbox.fill(0);
        assertThat(content(inbox)).isEqualTo("bc");
        inbox.consume(2);
        assertThat(inbox.fill(0)).isFalse();
    }

    @Test
    void bytesAreCutOutOfTheMiddle() throws IOException {
        Inbox inbox = inbox("abcdefgh");
        fillUp(inbox, 0);
        inbox.consume(1);
        inbox.cut(1, 3);
        assertThat(content(inbox)).isEqualTo("bfgh");
        inbox.cut(3, 1);
        assertThat(content(inbox)).isEqualTo("bfg");
        inbox.cut(0, 0);
        assertThat(content(inbox)).isEqualTo("bfg");
    }

    @Test
    void afterAllWasCutMoreCanArrive() throws IOException {
        Inbox inbox = inbox("abcdefgh12345678");
        fillUp(inbox, 0);
        inbox.consume(4);
        inbox.cut(0, 4);
        assertThat(inbox.available()).isZero();
        fillUp(inbox, 0);
        assertThat(content(inbox)).isEqualTo("12345678");
    }

    @Test
    void aWholeMessageIsAwaitedHoweverItArrives() throws IOException {
        Inbox inbox = inbox("x".repeat(30), 7);
        assertThat(inbox.await(20)).isTrue();
        assertThat(inbox.available()).isBetween(20, 30);
        inbox.consume(20);
        assertThat(inbox.await(10)).isTrue();
        assertThat(inbox.await(11)).isFalse();
        assertThat(content(inbox)).isEqualTo("x".repeat(10));
    }

    /** Whatever is filled, consumed and cut: the bytes come out in their order. */
    @Test
    void itBehavesAsAQueue() throws IOException {
        Random random = new Random(5432);
        byte[] all = new byte[200_000];
        random.nextBytes(all);
        Inbox inbox = new Inbox(new ScriptedWire(all, 17), Carrier.JDK, USUAL);
        int taken = 0;
        boolean open = true;
        while (open || inbox.available() > 0) {
            int limit = random.nextInt(200);
            open = open && (!inbox.hasRoom(limit) || inbox.fill(limit));
            int count = random.nextInt(inbox.available() + 1);
            byte[] kept =
                    Arrays.copyOfRange(inbox.array(), inbox.arrayOffset(0), inbox.arrayOffset(0) + inbox.available());
            assertThat(kept).isEqualTo(Arrays.copyOfRange(all, taken, taken + kept.length));
            if (random.nextBoolean()) {
                inbox.consume(count);
            } else {
                inbox.cut(0, count);
            }
            taken += count;
        }
        assertThat(taken).isEqualTo(all.length);
    }
}

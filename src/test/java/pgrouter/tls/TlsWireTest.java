package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.BackendTls.Mode;
import pgrouter.net.Carrier;
import pgrouter.net.Carriers;
import pgrouter.net.Wire;
import pgrouter.testing.Await;

/** Our TLS against the JDK's own, over real sockets. */
@Timeout(120)
final class TlsWireTest {
    private static final Carrier CARRIER = carrier();
    private static final int LARGE = 3 << 20;

    private Ends ends;

    private static Carrier carrier() {
        try {
            return Carriers.start(1).leastLoaded();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        if (ends != null) {
            ends.close();
        }
    }

    /** One end of a connection is a server, and both may speak two versions. */
    enum Kind {
        SERVER_1_2("TLSv1.2"),
        SERVER_1_3("TLSv1.3"),
        CLIENT_1_2("TLSv1.2"),
        CLIENT_1_3("TLSv1.3");

        private final String protocol;

        Kind(String protocol) {
            this.protocol = protocol;
        }

        Ends connect(UnaryOperator<Wire> between) throws Exception {
            Ends.Setting setting = socket -> socket.setEnabledProtocols(new String[] {protocol});
            return switch (this) {
                case SERVER_1_2, SERVER_1_3 -> Ends.accepted(CARRIER, Ends.server("server"), between, setting);
                case CLIENT_1_2, CLIENT_1_3 ->
                    Ends.dialled(CARRIER, Ends.client(Mode.ON, "ca.crt"), "server", between, setting);
            };
        }
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> start(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        CARRIER.start("test", () -> {
            try {
                result.complete(work.run());
            } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static <T> T run(Work<T> work) throws Exception {
        return start(work).get(60, TimeUnit.SECONDS);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** So many bytes, read into buffers of this size. */
    private static byte[] read(Wire wire, int length, int capacity) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        ByteBuffer some = ByteBuffer.allocate(capacity);
        while (all.hasRemaining()) {
            wire.awaitInput();
            if (wire.read(some.clear().limit(Math.min(capacity, all.remaining()))) < 0) {
                throw new EOFException("after " + all.position() + " bytes");
            }
            all.put(some.flip());
        }
        return all.array();
    }

    /** A record in pieces, each of them read when it has come: nothing is said before the last. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsThereIsReadWithoutWaiting(Kind kind) throws Exception {
        ends = kind.connect(UnaryOperator.identity());
        byte[] sent = random(5_000);
        ByteBuffer into = ByteBuffer.allocate(8_000);
        AtomicInteger end = new AtomicInteger();
        Await.until(
                "the handshake has ended for us too",
                () -> run(() -> ends.ours().readNow(into)) == 0);
        ends.theirs().getOutputStream().write(sent);
        Await.until("all has come", () -> {
            run(() -> ends.ours().readNow(into));
            return into.position() == sent.length;
        });
        assertThat(Arrays.copyOf(into.array(), sent.length)).isEqualTo(sent);
        assertThat(run(() -> ends.ours().onInput(() -> end.set(1)))).isTrue();
        ends.theirs().shutdownOutput();
        Await.until("the end is told", () -> end.get() == 1);
        Await.until("the end is read", () -> run(() -> ends.ours().readNow(into.clear())) < 0);
    }

    private static void write(Wire wire, byte[] bytes) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        wire.write(from);
        assertThat(from.hasRemaining()).isFalse();
    }

    private void assertTalk(String there, String back) throws Exception {
        ends.theirs().getOutputStream().write(utf8(there));
        byte[] heard = run(() -> {
            byte[] bytes = read(ends.ours(), utf8(there).length, 8192);
            write(ends.ours(), utf8(back));
            return bytes;
        });
        assertThat(heard).asString(StandardCharsets.UTF_8).isEqualTo(there);
        assertThat(ends.theirs().getInputStream().readNBytes(utf8(back).length))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(back);
    }

    @ParameterizedTest
    @EnumSource
    void bothEndsUnderstandEachOther(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        assertThat(ends.theirs().getSession().getProtocol()).isEqualTo(kind.protocol);
        assertTalk("hello", "hello yourself");
        assertTalk("more", "less");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "ec", "ed25519", "pss"})
    void everyKindOfCertificateServes(String identity) throws Exception {
        String ca = identity.equals("server") || identity.equals("ec") ? "ca.crt" : identity + ".crt";
        ends = Ends.dialled(CARRIER, Ends.client(Mode.ON, ca), identity, wire -> wire, socket -> {});
        assertTalk("hello", identity);
    }

    @ParameterizedTest
    @EnumSource
    void byteByByteFromTheFirstToTheLast(Kind kind) throws Exception {
        ends = kind.connect(wire -> new SlowWire(wire, () -> 1));
        assertTalk("one by one", "as it comes");
    }

    @ParameterizedTest
    @EnumSource
    void aRecordMayBeSplitAnywhere(Kind kind) throws Exception {
        AtomicInteger portion = new AtomicInteger(Integer.MAX_VALUE);
        ends = kind.connect(wire -> new SlowWire(wire, portion::get));
        for (int at = 1; at < 60; at++) {
            portion.set(at);
            assertTalk("split after " + at, "and so on");
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalRecordsThatCameTogetherAreAllThere(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        for (int i = 0; i < 100; i++) {
            ends.theirs().getOutputStream().write(utf8("%02d".formatted(i)));
        }
        byte[] heard = run(() -> read(ends.ours(), 200, 8192));
        assertThat(new String(heard, StandardCharsets.UTF_8))
                .startsWith("000102")
                .endsWith("979899");
    }

    static Stream<Integer> capacities() {
        return Stream.of(1, 2, 7, 1000, 16_383, 16_384, 16_385, 40_000);
    }

    @ParameterizedTest
    @MethodSource("capacities")
    void theReadersBufferMayBeSmallerOrLargerThanARecord(int capacity) throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> wire);
        byte[] sent = random(100_000);
        CompletableFuture<byte[]> heard = start(() -> read(ends.ours(), sent.length, capacity));
        ends.theirs().getOutputStream().write(sent);
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(sent);
    }

    /** With little room the engine complains of that before it sees that the record is not all there. */
    @Test
    void aRecordThatIsNotAllThereMayMeetABufferWithLittleRoom() throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> new SlowWire(wire, () -> 5000));
        byte[] sent = random(50_000);
        CompletableFuture<byte[]> heard = start(() -> read(ends.ours(), sent.length, 20));
        ends.theirs().getOutputStream().write(sent);
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(sent);
    }

    /** To try again without waiting would keep the carrier from all others. */
    @Test
    void aRecordThatIsNotAllThereLeavesWhoDoesNotWaitWithNothing() throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> new SlowWire(wire, () -> 5000));
        byte[] sent = random(50_000);
        CompletableFuture<byte[]> heard = start(() -> readWithoutWaiting(sent.length, 20));
        ends.theirs().getOutputStream().write(sent);
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(sent);
    }

    private byte[] readWithoutWaiting(int length, int capacity) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        ByteBuffer some = ByteBuffer.allocate(capacity);
        while (all.hasRemaining()) {
            if (ends.ours().readNow(some.clear().limit(Math.min(capacity, all.remaining()))) == 0) {
                ends.ours().awaitInput();
            }
            all.put(some.flip());
        }
        return all.array();
    }

    @ParameterizedTest
    @EnumSource
    void muchGoesBothWaysAtTheSameTime(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        byte[] there = random(LARGE);
        byte[] back = random(LARGE + 1);
        CompletableFuture<byte[]> heard = start(() -> read(ends.ours(), there.length, 32_768));
        CompletableFuture<Void> said = start(() -> {
            write(ends.ours(), back);
            return null;
        });
        CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> readAll(ends, back.length));
        ends.theirs().getOutputStream().write(there);
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(back);
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(there);
        said.get(60, TimeUnit.SECONDS);
    }

    private static byte[] readAll(Ends ends, int length) {
        try {
            return ends.theirs().getInputStream().readNBytes(length);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** On a connection of TLS 1.3 that is established, the JDK's startHandshake asks for new keys in both directions. */
    @ParameterizedTest
    @EnumSource(names = {"SERVER_1_3", "CLIENT_1_3"})
    void theKeysMayChangeAtAnyTime(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        for (int i = 0; i < 5; i++) {
            ends.theirs().startHandshake();
            assertTalk("with new keys " + i, "with mine");
        }
    }

    /** New keys cost their sender little and the receiver much. */
    @ParameterizedTest
    @EnumSource(names = {"SERVER_1_3", "CLIENT_1_3"})
    void newKeysWithoutAnEndEndTheConnection(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        askForNewKeysUntil(read::isDone);
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SSLException.class)
                .hasMessageContaining("records without data");
    }

    private void askForNewKeysUntil(BooleanSupplier over) {
        try {
            for (int i = 0; i < 10_000 && !over.getAsBoolean(); i++) {
                ends.theirs().startHandshake();
            }
        } catch (IOException ended) {
            // As it is to be.
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_1_3", "CLIENT_1_3"})
    void newKeysInBetweenAreNeverTooMany(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        for (int i = 0; i < 60; i++) {
            ends.theirs().startHandshake();
            assertTalk("with new keys " + i, "with mine");
        }
    }

    /** A reader that does not wait, as one that looks for a client that has left, is not held up either. */
    @Test
    void newKeysWithoutAnEndEndTheReadingThatDoesNotWait() throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> {
            ByteBuffer into = ByteBuffer.allocate(100);
            while (ends.ours().readNow(into) == 0) {
                ends.ours().awaitInput();
            }
            return into.position();
        });
        askForNewKeysUntil(read::isDone);
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_1_2", "CLIENT_1_2"})
    void aSecondHandshakeIsRefused(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        CompletableFuture<Void> again = CompletableFuture.runAsync(() -> {
            try {
                ends.theirs().startHandshake();
            } catch (IOException refused) {
                throw new CompletionException(refused);
            }
        });
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SSLException.class)
                .hasMessageContaining("renegotiation");
        ends.ours().close();
        again.handle((done, refused) -> refused).get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfEitherIsTheEndForTheOther(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        ends.theirs().getOutputStream().write(utf8("bye"));
        ends.theirs().shutdownOutput();
        assertThat(run(() -> read(ends.ours(), 3, 100))).isEqualTo(utf8("bye"));
        assertThat(run(() -> ends.ours().read(ByteBuffer.allocate(10)))).isEqualTo(-1);
        assertThat(run(() -> ends.ours().read(ByteBuffer.allocate(10)))).isEqualTo(-1);
        start(() -> {
                    ends.ours().close();
                    return null;
                })
                .get(60, TimeUnit.SECONDS);
        assertThat(ends.theirs().getInputStream().read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void closingTellsThePeer(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        run(() -> {
            write(ends.ours(), utf8("last"));
            ends.ours().close();
            ends.ours().close();
            return null;
        });
        assertThat(ends.theirs().getInputStream().readAllBytes()).isEqualTo(utf8("last"));
    }

    /** The JDK's socket throws where the stream ends without close_notify, so this would be seen. */
    @ParameterizedTest
    @EnumSource
    void anEndWithoutAWordIsNoEnd(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        ends.raw().shutdownOutput();
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(EOFException.class)
                .hasMessageContaining("without TLS's close_notify");
    }

    @Test
    void anEndWithinARecordIsNoEndEither() throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        ends.raw().getOutputStream().write(new byte[] {0x17, 3, 3, 0, 50, 1, 2, 3});
        ends.raw().shutdownOutput();
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotFromThePeerEndsTheConnection(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        CompletableFuture<Integer> read = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        ends.raw()
                .getOutputStream()
                .write(new byte[] {0x17, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
        assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatReadsNothingDoesNotKeepUsFromClosing(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        CompletableFuture<Void> stuck = start(() -> {
            write(ends.ours(), new byte[50 << 20]);
            return null;
        });
        CompletableFuture<Integer> waiting = start(() -> ends.ours().read(ByteBuffer.allocate(100)));
        run(() -> {
            ends.ours().close();
            return null;
        });
        assertThatThrownBy(() -> stuck.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void itIsQuietUntilSomethingComes(Kind kind) throws Exception {
        ends = kind.connect(wire -> wire);
        assertTalk("hello", "hello");
        assertThat(run(() -> ends.ours().isQuiet())).isTrue();
        ends.theirs().getOutputStream().write(utf8("more"));
        run(() -> {
            ends.ours().awaitInput();
            return null;
        });
        assertThat(run(() -> ends.ours().isQuiet())).isFalse();
    }

    @Test
    void nothingIsWrittenBehindTheEnd() throws Exception {
        ends = Kind.SERVER_1_3.connect(wire -> wire);
        run(() -> {
            ends.ours().close();
            return null;
        });
        assertThatThrownBy(() -> run(() -> {
                    write(ends.ours(), utf8("late"));
                    return null;
                }))
                .hasCauseInstanceOf(IOException.class);
    }
}

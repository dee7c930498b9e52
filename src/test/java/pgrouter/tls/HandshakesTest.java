package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.BackendTls.Mode;
import pgrouter.net.Carrier;
import pgrouter.net.Carriers;
import pgrouter.net.Wire;
import pgrouter.testing.Await;

/** Many handshakes at a time wait for each other, and those whose clients have left cost nothing. */
@Timeout(60)
final class HandshakesTest {
    private final Handshakes handshakes = new Handshakes(1);
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        held.countDown();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> start(Carrier carrier, Work work) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        carrier.start("test", () -> {
            try {
                work.run();
                end.complete(null);
            } catch (Exception | AssertionError e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /** Takes the only turn until {@link #letGo}. */
    private void takeTheTurn(Carrier carrier) throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        CompletableFuture<Void> holder = start(carrier, () -> handshakes.compute(() -> await(taken), () -> {}));
        taken.await();
        assertThat(holder).isNotDone();
    }

    private void await(CountDownLatch taken) {
        taken.countDown();
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noMoreAreComputedAtATimeThanHaveATurn() throws Exception {
        Carrier carrier = Carriers.start(1).leastLoaded();
        AtomicInteger present = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(start(
                    carrier,
                    () -> handshakes.compute(
                            () -> {
                                most.accumulateAndGet(present.incrementAndGet(), Math::max);
                                LockSupport.parkNanos(1);
                                present.decrementAndGet();
                            },
                            () -> {})));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        assertThat(most).hasValue(1);
    }

    @Test
    void whatIsNotWorthItIsNotComputedAndTheNextOneIs() throws Exception {
        takeTheTurn(Carrier.JDK);
        AtomicInteger computed = new AtomicInteger();
        CompletableFuture<Void> gone = start(
                Carrier.JDK,
                () -> handshakes.compute(computed::incrementAndGet, () -> {
                    throw new EOFException("gone");
                }));
        CompletableFuture<Void> next =
                start(Carrier.JDK, () -> handshakes.compute(() -> computed.addAndGet(10), () -> {}));
        held.countDown();
        assertThatThrownBy(gone::get).hasCauseInstanceOf(EOFException.class);
        next.get(60, TimeUnit.SECONDS);
        assertThat(computed).hasValue(10);
    }

    /** The hello of a client, as it stands on the wire. */
    private static ByteBuffer hello() throws Exception {
        SSLEngine client = Ends.client(Mode.SKIPVERIFY, "ca.crt").engine("localhost", 5432);
        ByteBuffer hello = ByteBuffer.allocate(RecordBuffer.CAPACITY);
        client.beginHandshake();
        client.wrap(ByteBuffer.allocate(0), hello);
        return hello.flip();
    }

    /** It has left in order, or by a reset. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHandshakeOfAClientThatHasLeftIsNotComputed(boolean reset) throws Exception {
        Carrier carrier = Carriers.start(1).leastLoaded();
        takeTheTurn(carrier);
        SSLEngine engine = Ends.server("server").engine();
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Wire wire = carrier.connect(listening.getLocalAddress());
            SocketChannel client = listening.accept();
            client.write(hello());
            CompletableFuture<Void> handshake =
                    start(carrier, () -> TlsWire.open(wire, carrier, engine, handshakes, ByteBuffer.allocate(0)));
            Await.until("the hello is read", () -> engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK);
            if (reset) {
                client.socket().setSoLinger(true, 0);
            }
            client.close();
            held.countDown();
            assertThatThrownBy(handshake::get).hasCauseInstanceOf(IOException.class);
        }
        assertThat(engine.getHandshakeSession())
                .as("what a computed hello would have begun")
                .isNull();
    }
}

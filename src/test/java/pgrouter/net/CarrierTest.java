package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pgrouter.testing.Await;

/** Virtual threads wait for their sockets, on carriers as on the JDK's own scheduler. */
@Timeout(60)
final class CarrierTest {
    private static final CountDownLatch KEEPING = new CountDownLatch(1);
    private static final Carriers LOOPS = loops();

    private final List<AutoCloseable> opened = new ArrayList<>();

    private static Carriers loops() {
        try {
            return Carriers.start(2);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Carrier> carriers() {
        return Stream.of(LOOPS.leastLoaded(), Carrier.JDK);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** A wire on the carrier, and a socket that blocks at its other end. */
    private record Pair(Wire wire, Socket peer) {}

    private Pair pair(Carrier carrier) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Wire wire = carrier.connect(server.getLocalAddress());
            opened.add(wire);
            SocketChannel peer = server.accept();
            opened.add(peer);
            return new Pair(wire, peer.socket());
        }
    }

    /** The other's byte is there before the first of many reads that find their buffer full. */
    @Test
    void whoHasMuchToReadLeavesTheOthersTheirTurn() throws Exception {
        Carrier carrier = LOOPS.leastLoaded();
        Pair much = pair(carrier);
        Pair little = pair(carrier);
        byte[] sent = new byte[64_000];
        much.peer().getOutputStream().write(sent);
        AtomicInteger read = new AtomicInteger();
        CompletableFuture<Integer> turn = on(carrier, () -> {
            little.wire().read(ByteBuffer.allocate(1));
            return read.get();
        });
        CompletableFuture<Integer> all = on(carrier, () -> {
            much.wire().awaitInput();
            little.peer().getOutputStream().write(1);
            while (read.get() < sent.length) {
                read.addAndGet(much.wire().read(ByteBuffer.allocate(1)));
            }
            return read.get();
        });
        assertThat(all.get()).isEqualTo(sent.length);
        assertThat(turn.get()).isLessThan(sent.length);
    }

    /** The system gives the number of a closed descriptor to the next connection. */
    @ParameterizedTest
    @MethodSource("carriers")
    void aClosedWireReadsNothingOfTheNextConnection(Carrier carrier) throws Exception {
        for (int i = 0; i < 300; i++) {
            Pair first = pair(carrier);
            CompletableFuture<Byte> read = on(carrier, () -> readUntilClosed(first.wire()));
            first.peer().getOutputStream().write(new byte[100]);
            first.wire().close();
            Pair next = pair(carrier);
            next.peer().getOutputStream().write(1);
            assertThat(on(carrier, () -> readOne(next.wire())).get()).isEqualTo((byte) 1);
            assertThat(read.get()).as("the last byte of the closed one").isEqualTo((byte) 0);
            next.wire().close();
        }
    }

    private static byte readUntilClosed(Wire wire) {
        byte last = 0;
        try {
            while (true) {
                last = readOne(wire);
            }
        } catch (IOException closed) {
            return last;
        }
    }

    private static byte readOne(Wire wire) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        wire.read(one);
        return one.get(0);
    }

    /** It has ended, and nobody waits for that: the carrier must not look at it again and again. */
    @ParameterizedTest
    @MethodSource("carriers")
    void aConnectionThatHasEndedUnseenIsNotPolledAgainAndAgain(Carrier carrier) throws Exception {
        Pair ended = pair(carrier);
        assertThat(on(carrier, () -> ended.wire().readNow(ByteBuffer.allocate(1)))
                        .get())
                .isZero();
        ended.peer().getOutputStream().write(1);
        assertThat(on(carrier, () -> readOne(ended.wire())).get()).isEqualTo((byte) 1);
        ended.peer().setSoLinger(true, 0);
        ended.peer().close();
        Pair other = pair(carrier);
        long before = carrier.polls();
        for (int i = 0; i < 10; i++) {
            other.peer().getOutputStream().write(1);
            assertThat(on(carrier, () -> readOne(other.wire())).get()).isEqualTo((byte) 1);
        }
        assertThat(carrier.polls() - before).isLessThan(500);
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> on(Carrier carrier, Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        carrier.start("test", () -> {
            try {
                result.complete(work.run());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** A thread that waits within an initializer of a class keeps its carrier, as one for whose stack there is no memory. */
    private static final class Keeper {
        static final Thread KEPT = Thread.currentThread();

        static {
            KEEPING.countDown();
            LockSupport.park();
        }
    }

    @Test
    void aCarrierThatIsKeptByAThreadThatWaitsIsFreed() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Carriers carriers = Carriers.start(1);
        carriers.free(told::add);
        CompletableFuture<Boolean> kept = on(carriers.leastLoaded(), () -> Keeper.KEPT.isVirtual());
        KEEPING.await();
        CompletableFuture<String> next = on(carriers.leastLoaded(), () -> "goes on");
        assertThat(next.get()).isEqualTo("goes on");
        assertThat(kept.get()).isTrue();
        assertThat(told.take()).startsWith("carrier-1 was kept");
    }

    @Test
    void theyRunThreadsHere() {
        assertThat(LOOPS.runThreads())
                .as("run with --add-opens java.base/java.lang=ALL-UNNAMED")
                .isTrue();
        assertThat(Carriers.jdk().runThreads()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void bytesComeBackInTheirOrder(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Long> echo = on(carrier, () -> echo(pair.wire()));
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        CompletableFuture<byte[]> back = CompletableFuture.supplyAsync(
                () -> readAll(pair.peer()), task -> Thread.ofPlatform().start(task));
        for (int at = 0, step = 1; at < sent.length; at += step, step = step * 3 % 70_001 + 1) {
            pair.peer().getOutputStream().write(sent, at, Math.min(step, sent.length - at));
        }
        pair.peer().shutdownOutput();
        assertThat(echo.get()).isEqualTo(sent.length);
        pair.wire().close();
        assertThat(back.get()).isEqualTo(sent);
    }

    private static long echo(Wire wire) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        long total = 0;
        wire.awaitInput();
        for (int count = wire.read(buffer); count >= 0; count = wire.read(buffer)) {
            total += count;
            wire.write(buffer.flip());
            buffer.clear();
        }
        return total;
    }

    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What nobody waits for when it comes is there for who asks later. */
    @ParameterizedTest
    @MethodSource("carriers")
    void whatArrivesWhileNobodyWaitsIsNotLost(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        BlockingQueue<Thread> parked = new LinkedBlockingQueue<>();
        CompletableFuture<Byte> last = on(carrier, () -> {
            ByteBuffer one = ByteBuffer.allocate(100);
            for (int i = 0; i < 20; i++) {
                parked.add(Thread.currentThread());
                LockSupport.park();
                wait(pair.wire(), one.clear());
            }
            return one.get(0);
        });
        for (byte i = 0; i < 20; i++) {
            Thread waiting = parked.poll(20, TimeUnit.SECONDS);
            pair.peer().getOutputStream().write(i);
            LockSupport.unpark(waiting);
        }
        assertThat(last.get()).isEqualTo((byte) 19);
    }

    private static void wait(Wire wire, ByteBuffer into) throws IOException {
        wire.awaitInput();
        assertThat(wire.read(into)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void aWriterWaitsForAPeerThatDoesNotRead(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        byte[] sent = new byte[20_000_000];
        new Random(2).nextBytes(sent);
        CompletableFuture<Boolean> written = on(carrier, () -> {
            pair.wire().write(ByteBuffer.wrap(sent));
            pair.wire().close();
            return true;
        });
        Pair other = pair(carrier);
        CompletableFuture<Long> echo = on(carrier, () -> echo(other.wire()));
        other.peer().getOutputStream().write(7);
        assertThat(other.peer().getInputStream().read())
                .as("its neighbour is served")
                .isEqualTo(7);
        other.peer().shutdownOutput();
        assertThat(echo.get()).isEqualTo(1);
        assertThat(written.isDone()).isFalse();
        assertThat(readAll(pair.peer())).isEqualTo(sent);
        assertThat(written.get()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void closingEndsWhoWaits(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Integer> read = on(carrier, () -> pair.wire().read(ByteBuffer.allocate(1)));
        assertThat(read.isDone()).isFalse();
        pair.wire().close();
        assertThatThrownBy(read::get).hasCauseInstanceOf(IOException.class);
        assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> pair.wire().read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void interruptingWhoWaitsClosesTheConnection(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        CompletableFuture<Integer> read = on(carrier, () -> {
            reader.complete(Thread.currentThread());
            return pair.wire().read(ByteBuffer.allocate(1));
        });
        reader.get().interrupt();
        assertThatThrownBy(read::get).hasCauseInstanceOf(IOException.class);
        assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void theEndOfThePeerIsTold(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        pair.peer().close();
        assertThat(on(carrier, () -> pair.wire().read(ByteBuffer.allocate(1))).get())
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void aTaskIsRunOnceInsteadOfAThreadThatWaits(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        BlockingQueue<String> runs = new LinkedBlockingQueue<>();
        assertThat(pair.wire().onInput(() -> runs.add("input"))).isTrue();
        pair.peer().getOutputStream().write(new byte[] {1, 2});
        assertThat(runs.poll(60, TimeUnit.SECONDS)).isEqualTo("input");
        assertThat(on(carrier, () -> pair.wire().read(ByteBuffer.allocate(10))).get())
                .isEqualTo(2);
        assertThat(pair.wire().onInput(() -> runs.add("end"))).isTrue();
        pair.wire().close();
        assertThat(runs.poll(60, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(pair.wire().onInput(() -> runs.add("closed"))).isFalse();
        assertThat(runs).isEmpty();
    }

    /** Something may be there already: the thread has to look. */
    @ParameterizedTest
    @MethodSource("carriers")
    void aTaskIsNotRunWhereMoreMayBeThere(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        pair.peer().getOutputStream().write(new byte[] {1, 2});
        assertThat(on(carrier, () -> pair.wire().read(ByteBuffer.allocate(1))).get())
                .isEqualTo(1);
        assertThat(pair.wire().onInput(() -> {})).isFalse();
    }

    /** The carrier has seen the second byte before it was read. */
    @Test
    void aTaskWaitsForWhatIsNotReadYet() throws Exception {
        Carrier loop = LOOPS.leastLoaded();
        Pair pair = pair(loop);
        Pair another = pair(loop);
        pair.peer().getOutputStream().write(new byte[] {1, 2});
        another.peer().getOutputStream().write(1);
        assertThat(on(loop, () -> {
                            assertThat(pair.wire().read(ByteBuffer.allocate(1))).isEqualTo(1);
                            assertThat(another.wire().read(ByteBuffer.allocate(10)))
                                    .isEqualTo(1);
                            assertThat(pair.wire().read(ByteBuffer.allocate(10)))
                                    .isEqualTo(1);
                            return pair.wire().onInput(() -> {});
                        })
                        .get())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void whoTakesATaskOverReadsItself(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        AtomicBoolean run = new AtomicBoolean();
        assertThat(pair.wire().takeOver()).isFalse();
        assertThat(pair.wire().onInput(() -> run.set(true))).isTrue();
        assertThat(pair.wire().takeOver()).isTrue();
        assertThat(pair.wire().takeOver()).isFalse();
        pair.peer().getOutputStream().write(new byte[] {1, 2});
        assertThat(on(carrier, () -> pair.wire().read(ByteBuffer.allocate(10))).get())
                .isEqualTo(2);
        pair.wire().close();
        assertThat(run).isFalse();
    }

    /** Threads that a thread of a carrier starts run on the same one: never two at a time. */
    @Test
    void theThreadsOfACarrierTakeTurns() throws Exception {
        Carrier carrier = LOOPS.leastLoaded();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture<Boolean> all = on(carrier, () -> {
            try (TaskScope scope = new TaskScope("child")) {
                for (int i = 0; i < 100; i++) {
                    scope.start(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                        LockSupport.parkNanos(1);
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                    });
                }
            }
            return true;
        });
        assertThat(all.get()).isTrue();
        assertThat(most.get()).isEqualTo(1);
    }

    /** Who does not wait yet is not dismissed: so it is tried until it happens. */
    @ParameterizedTest
    @MethodSource("carriers")
    void whoNeedNotWaitOnIsDismissed(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Boolean> came = on(carrier, pair.wire()::awaitInputOrDismissal);
        Await.until("the thread is dismissed", () -> {
            pair.wire().dismiss();
            return came.isDone();
        });
        assertThat(came.get()).isFalse();
        pair.peer().getOutputStream().write(7);
        ByteBuffer into = ByteBuffer.allocate(8);
        assertThat(on(carrier, () -> {
                            while (!pair.wire().awaitInputOrDismissal()) {}
                            return pair.wire().read(into);
                        })
                        .get())
                .isEqualTo(1);
        assertThat(into.get(0)).isEqualTo((byte) 7);
    }

    /** Only what may be dismissed is: another wait goes on. */
    @ParameterizedTest
    @MethodSource("carriers")
    void whoWaitsForInputOnlyIsNotDismissed(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Integer> count = on(carrier, () -> {
            pair.wire().awaitInput();
            return pair.wire().read(ByteBuffer.allocate(8));
        });
        for (int i = 0; i < 100; i++) {
            pair.wire().dismiss();
            on(carrier, () -> true).get();
        }
        assertThat(count).isNotDone();
        pair.peer().getOutputStream().write(7);
        assertThat(count.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void inputIsThereThoughNobodyWasToWait(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        pair.wire().dismiss();
        pair.peer().getOutputStream().write(7);
        assertThat(on(carrier, pair.wire()::awaitInputOrDismissal).get()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void aClosedWireIsNotWaitedFor(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        CompletableFuture<Boolean> came = on(carrier, pair.wire()::awaitInputOrDismissal);
        on(carrier, () -> true).get();
        pair.wire().close();
        assertThatThrownBy(came::get).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void whatIsThereIsReadWithoutWaiting(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        Wire wire = pair.wire();
        ByteBuffer into = ByteBuffer.allocate(2);
        assertThat(on(carrier, () -> wire.readNow(into)).get()).isZero();
        AtomicBoolean told = new AtomicBoolean();
        assertThat(on(carrier, () -> wire.onInput(() -> told.set(true))).get()).isTrue();
        pair.peer().getOutputStream().write(new byte[] {1, 2, 3});
        Await.until("the input is told", told::get);
        assertThat(on(carrier, () -> wire.readNow(into)).get()).isEqualTo(2);
        assertThat(on(carrier, () -> wire.onInput(() -> {})).get())
                .as("there may be more, and there is")
                .isFalse();
        assertThat(on(carrier, () -> wire.readNow(into.clear())).get()).isEqualTo(1);
        pair.peer().close();
        Await.until(
                "the end is read",
                () -> on(carrier, () -> wire.readNow(into.clear())).get() < 0);
    }

    /** The carrier may see the socket while the thread empties it: that is no announcement of more. */
    @ParameterizedTest
    @MethodSource("carriers")
    void inputThatIsAnnouncedIsThere(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        byte[] sent = new byte[20_000];
        CompletableFuture<Integer> read = on(carrier, () -> {
            ByteBuffer into = ByteBuffer.allocate(sent.length);
            int total = 0;
            while (total < sent.length) {
                assertThat(pair.wire().awaitInputUnless(() -> false)).isTrue();
                int count = pair.wire().readNow(into.clear());
                assertThat(count).isPositive();
                total += count;
            }
            return total;
        });
        for (byte each : sent) {
            pair.peer().getOutputStream().write(each);
            pair.wire().dismiss();
        }
        assertThat(read.get()).isEqualTo(sent.length);
    }

    /** Each byte is read by a thread that a task starts, or by one that takes the task over. */
    @ParameterizedTest
    @MethodSource("carriers")
    void theReaderChangesAndNothingIsMissed(Carrier carrier) throws Exception {
        Pair pair = pair(carrier);
        ByteBuffer into = ByteBuffer.allocate(8);
        Semaphore woken = new Semaphore(0);
        for (int i = 0; i < 2_000; i++) {
            boolean waits =
                    on(carrier, () -> pair.wire().onInput(woken::release)).get();
            pair.peer().getOutputStream().write(i);
            if (waits && (i % 2 == 0 || !pair.wire().takeOver())) {
                woken.acquire();
            }
            int count = on(carrier, () -> {
                        pair.wire().awaitInput();
                        return pair.wire().readNow(into.clear());
                    })
                    .get();
            assertThat(count).isEqualTo(1);
        }
        assertThat(woken.availablePermits()).isZero();
    }

    @Test
    void aThreadThatHoldsUpACarrierIsNamed() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Carriers watched = Carriers.start(1);
        watched.watch(lines::add);
        CompletableFuture<Boolean> busy = new CompletableFuture<>();
        watched.leastLoaded().start("busy", () -> {
            while (!busy.isDone()) {
                Thread.onSpinWait();
            }
        });
        assertThat(lines.poll(20, TimeUnit.SECONDS))
                .contains("carrier-1 is held up for ", " ms by busy at ", "CarrierTest");
        busy.complete(true);
    }

    @Test
    void theNextClientGoesToTheLeastLoaded() throws Exception {
        Carriers two = Carriers.start(2);
        Carrier first = two.leastLoaded();
        pair(first);
        assertThat(two.leastLoaded()).isNotSameAs(first);
        pair(two.leastLoaded());
        assertThat(two.leastLoaded()).isSameAs(first);
    }

    @Test
    void aBufferIsLentAgain() throws Exception {
        Carrier carrier = LOOPS.leastLoaded();
        Buffer lent = carrier.borrow(carrier.bufferCapacity());
        carrier.giveBack(lent);
        assertThat(carrier.borrow(carrier.bufferCapacity())).isSameAs(lent);
        assertThat(carrier.borrow(carrier.bufferCapacity())).isNotSameAs(lent);
        assertThat(carrier.borrow(10).capacity()).isEqualTo(10);
    }
}

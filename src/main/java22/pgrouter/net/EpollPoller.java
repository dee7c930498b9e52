package pgrouter.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A {@link Poller} over epoll(7). The JDK's channels open and close the sockets. Reads and writes go past them: without a
 * copy of the bytes, and without the channels' locks.
 */
final class EpollPoller implements Poller {
    /** The most events that one poll takes; the next poll takes the others. */
    private static final int MOST = 256;

    /** {@code struct epoll_event} is packed on x86-64 only. */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int SIZE = PACKED ? 12 : 16;
    private static final int DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** The token of the descriptor that ends a poll. */
    private static final long WAKEUP = -1;

    private final int epoll;

    /** A byte in it ends a poll. */
    private final Pipe wakeup;

    private final AtomicBoolean woken = new AtomicBoolean();
    private final MemorySegment events = Arena.global().allocate((long) MOST * SIZE, 8);

    private final ReentrantLock lock = new ReentrantLock();

    /** The event of a change. Guarded by lock. */
    private final MemorySegment change = Arena.global().allocate(SIZE, 8);

    /** The sockets by their place. Guarded by lock. */
    private final List<EpollSocket> sockets = new ArrayList<>();

    /** The places that are free. Guarded by lock. */
    private final Deque<Integer> free = new ArrayDeque<>();

    /** The number of sockets so far: a place is used again, and a late event is for the one before. Guarded by lock. */
    private int generation;

    /** The sockets of the present poll, and what they are ready for. Thread of the carrier only. */
    private final EpollSocket[] ready = new EpollSocket[MOST];

    private final int[] readyFor = new int[MOST];

    private EpollPoller(int epoll, Pipe wakeup) {
        this.epoll = epoll;
        this.wakeup = wakeup;
    }

    /** Opens one, whose descriptors stay open as long as the process. */
    static EpollPoller create() throws IOException {
        Pipe pipe = Pipe.open();
        // One that blocks would be closed by an interrupt of the thread that uses it.
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        EpollPoller poller = new EpollPoller(Epoll.create(), pipe);
        poller.control(Epoll.ADD, EpollDescriptor.of(pipe.source()), Epoll.IN, WAKEUP);
        return poller;
    }

    private void control(int operation, int descriptor, int interest, long token) throws IOException {
        change.set(INT, 0, interest);
        change.set(LONG, DATA, token);
        Epoll.control(epoll, operation, descriptor, change);
    }

    @Override
    public PolledSocket connect(SocketAddress address) throws IOException {
        return register(SocketChannel.open(address));
    }

    @Override
    public PolledSocket adopt(AcceptedSocket accepted) throws IOException {
        return register(((NioAcceptedSocket) accepted).channel());
    }

    private PolledSocket register(SocketChannel channel) throws IOException {
        try {
            NioSocketOptions.set(channel);
            channel.configureBlocking(false);
            return added(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private EpollSocket added(SocketChannel channel) throws IOException {
        int descriptor = EpollDescriptor.of(channel);
        lock.lock();
        try {
            if (free.isEmpty()) {
                free.add(sockets.size());
                sockets.add(null);
            }
            int place = free.removeFirst();
            long token = (long) generation++ << Integer.SIZE | place;
            EpollSocket socket = new EpollSocket(this, channel, descriptor, token);
            sockets.set(place, socket);
            return socket;
        } finally {
            lock.unlock();
        }
    }

    /** The place of a closed socket can be used again. The kernel forgets the descriptor by itself. */
    void remove(EpollSocket socket) {
        lock.lock();
        try {
            sockets.set(place(socket.token()), null);
            free.addLast(place(socket.token()));
        } finally {
            lock.unlock();
        }
    }

    private static int place(long token) {
        return (int) token;
    }

    /**
     * Watches a socket for more events, or for fewer. One without any is not known to the kernel's poll: else its end
     * would be reported again and again. Any thread.
     *
     * @return whether the socket is open
     */
    boolean watch(EpollSocket socket, int more, int less) throws IOException {
        lock.lock();
        try {
            boolean isOpen = sockets.get(place(socket.token())) == socket;
            int before = socket.interest();
            int next = (before | more) & ~less;
            if (isOpen && next != before) {
                socket.interest(next);
                control(operation(before, next), socket.descriptor(), next, socket.token());
            }
            return isOpen;
        } finally {
            lock.unlock();
        }
    }

    private static int operation(int before, int next) {
        if (before == 0) {
            return Epoll.ADD;
        }
        return next == 0 ? Epoll.REMOVE : Epoll.MODIFY;
    }

    @Override
    public void poll() throws IOException {
        notify(Epoll.await(epoll, events, MOST, -1));
    }

    @Override
    public void pollNow() throws IOException {
        notify(Epoll.await(epoll, events, MOST, 0));
    }

    private void notify(int count) throws IOException {
        int found = take(count);
        for (int i = 0; i < found; i++) {
            EpollSocket socket = ready[i];
            ready[i] = null;
            socket.ready(readyFor[i]);
        }
    }

    private int take(int count) throws IOException {
        int found = 0;
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                long token = events.get(LONG, (long) i * SIZE + DATA);
                if (token == WAKEUP) {
                    wakeup.source().read(ByteBuffer.allocate(1));
                    woken.set(false);
                    continue;
                }
                EpollSocket socket = sockets.get(place(token));
                if (socket != null && socket.token() == token) {
                    ready[found] = socket;
                    readyFor[found++] = events.get(INT, (long) i * SIZE);
                }
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    @Override
    public void wakeup() {
        if (woken.getAndSet(true)) {
            return;
        }
        try {
            wakeup.sink().write(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link PolledSocket} that {@link EpollPoller} watches. The JDK's channel opens and closes it, and says why something
 * has failed. The system gives the number of a closed descriptor to the next connection. So the channel is closed by the
 * last thread that uses the number: the one that closes the socket, or one that reads or writes at that moment.
 */
final class EpollSocket implements PolledSocket {
    /** The uses of the descriptor: one thread reads, one writes, one keeps the socket open. */
    private static final int READING = 1;

    private static final int WRITING = 2;
    private static final int OPEN = 4;

    /** The most bytes of one {@code send}: no other thread of the JVM can stop meanwhile. */
    private static final int MOST = 128 * 1024;

    private final EpollPoller poller;
    private final SocketChannel channel;
    private final int descriptor;
    private final long token;
    private final AtomicInteger uses = new AtomicInteger(OPEN);
    private Owner owner;

    /** The events that are watched. Written with the lock of the poller. */
    private volatile int interest;

    EpollSocket(EpollPoller poller, SocketChannel channel, int descriptor, long token) {
        this.poller = poller;
        this.channel = channel;
        this.descriptor = descriptor;
        this.token = token;
    }

    int descriptor() {
        return descriptor;
    }

    /** The name of the socket in the events of the poller. */
    long token() {
        return token;
    }

    int interest() {
        return interest;
    }

    /** Notes the events that are watched. With the lock of the poller. */
    void interest(int events) {
        interest = events;
    }

    @Override
    public void ownedBy(Owner newOwner) {
        owner = newOwner;
    }

    /** The poller has seen events. An error, or the end of the connection, is one for each thread that waits. Thread of the carrier only. */
    void ready(int events) {
        boolean anything = (events & ~(Epoll.IN | Epoll.OUT)) != 0;
        if ((events & Epoll.IN) != 0 || (anything && (interest & Epoll.IN) != 0)) {
            owner.isReadable();
        }
        if ((events & Epoll.OUT) != 0 || (anything && (interest & Epoll.OUT) != 0)) {
            owner.isWritable();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        begins(READING);
        try {
            int position = into.position();
            int count = Epoll.receive(descriptor, into.array(), into.arrayOffset() + position, into.remaining());
            if (count <= 0) {
                return channel.read(into);
            }
            into.position(position + count);
            return count;
        } finally {
            ends(READING);
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        begins(WRITING);
        try {
            int first = from.position();
            int taken = MOST;
            while (from.hasRemaining() && taken == MOST) {
                taken = send(from);
            }
            return from.position() - first;
        } finally {
            ends(WRITING);
        }
    }

    private int send(ByteBuffer from) throws IOException {
        int position = from.position();
        int count =
                Epoll.send(descriptor, from.array(), from.arrayOffset() + position, Math.min(from.remaining(), MOST));
        if (count < 0) {
            return channel.write(from);
        }
        from.position(position + count);
        return count;
    }

    private void begins(int use) throws ClosedChannelException {
        int before = uses.get();
        while ((before & OPEN) == 0 || !uses.compareAndSet(before, before | use)) {
            if ((before & OPEN) == 0) {
                throw new ClosedChannelException();
            }
            before = uses.get();
        }
    }

    private void ends(int use) {
        if (uses.addAndGet(-use) == 0) {
            release();
        }
    }

    private void release() {
        poller.remove(this);
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The descriptor is released either way.
        }
    }

    @Override
    public boolean watch(Condition condition) throws AsynchronousCloseException {
        int event = event(condition);
        boolean isOpen = (uses.get() & OPEN) != 0;
        if (!isOpen || ((interest & event) == 0 && !watch(event, 0))) {
            throw new AsynchronousCloseException();
        }
        return false;
    }

    @Override
    public void ignore(Condition condition) {
        watch(0, event(condition));
    }

    private boolean watch(int more, int less) {
        try {
            return poller.watch(this, more, less);
        } catch (IOException refused) {
            close();
            return false;
        }
    }

    private static int event(Condition condition) {
        return condition == Condition.READABLE ? Epoll.IN : Epoll.OUT;
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return NioSocketOptions.peer(channel);
    }

    @Override
    public void close() {
        int before = uses.getAndUpdate(now -> now & ~OPEN);
        if (before == OPEN) {
            release();
        }
    }
}

package pgrouter.exchange;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import pgrouter.backend.ServerConnection;
import pgrouter.client.ClientWatch;

/**
 * Decides which thread reads from a server: the client thread while it waits for a reply, and a thread of the
 * connection's own when something comes that the client thread does not wait for. While nothing comes no thread
 * reads: a stack would cost as much as all else of an idle session.
 *
 * <p>The wire keeps one task that runs when something comes. It is handed over atomically: the thread that takes it
 * back is the reader. The client thread looks under the lock of the exchange each time that it is woken, so it misses
 * nothing, and waits without the lock.
 */
final class ReadHandoff {
    private final ServerConnection connection;
    private final String name;
    private final Exchange exchange;
    private final ClientWatch watch;
    private final Reader reader;
    private final Runnable awaken = this::awaken;

    /** The connection's own thread, or the last one; empty before there was one. */
    private volatile Optional<Thread> own = Optional.empty();

    /** The client thread while it waits for the own thread; else null. */
    private volatile Thread waiter;

    /** Whether the client thread waits for the server. */
    private volatile boolean waiting;

    /** The number of times that it has begun to wait. */
    private final AtomicInteger waits = new AtomicInteger();

    /** The number of the wait that was seen last. Only the thread that looks for long waits uses it. */
    private int seen;

    /**
     * Whether the wait of the client thread is a long one. Written by the thread that looks for long waits, taken by
     * the client thread.
     */
    private volatile boolean lasting;

    /** Reads from the server. One thread at a time. */
    interface Reader {
        /** Reads on the connection's own thread until nothing is under way. */
        void readUntilIdle();

        /** Reads on the client thread until its request has a reply. */
        void readUntilReply();

        /** Whether the connection's own thread has left the connection for good, in a state to be used again. Any thread. */
        boolean hasRetired();
    }

    ReadHandoff(ServerConnection connection, String name, Exchange exchange, ClientWatch watch, Reader reader) {
        this.connection = connection;
        this.name = name;
        this.exchange = exchange;
        this.watch = watch;
        this.reader = reader;
    }

    /**
     * The reading thread leaves. The connection's own thread reads the next input, unless the client thread takes
     * over before. After this returns true, another thread may be reading.
     *
     * @return false where something is there that was not read
     */
    boolean leaves() {
        return connection.onInput(awaken);
    }

    /** Starts the connection's own thread. Any thread, but never two at a time. */
    void awaken() {
        own = Optional.of(connection.carrier().start(name, reader::readUntilIdle));
    }

    /** Whether there is such a thread now. Any thread. */
    boolean isAwake() {
        return own.filter(Thread::isAlive).isPresent();
    }

    /** Waits until the server's turn has ended, if it has the turn. Client thread only. */
    Reply await(MessageSender sender) throws InterruptedException {
        return sender.hasGivenTurn() ? await() : replyNow();
    }

    private Reply await() throws InterruptedException {
        waits.lazySet(waits.get() + 1);
        waiting = true;
        try {
            if (!connection.takeOver()) {
                return awaitOwn();
            }
            reader.readUntilReply();
            return replyNow();
        } finally {
            waiting = false;
            watch.end();
        }
    }

    private Reply replyNow() {
        return exchange.locked(now -> now.reply().replyNow());
    }

    /** Waits for the connection's own thread, which reads. */
    private Reply awaitOwn() throws InterruptedException {
        waiter = Thread.currentThread();
        try {
            Reply reply = replyOrNull();
            while (reply == null) {
                park();
                if (lasting) {
                    lasting = false;
                    watch.begin();
                }
                reply = replyOrNull();
            }
            return reply;
        } finally {
            waiter = null;
        }
    }

    /** Null while the server has the turn. */
    private Reply replyOrNull() {
        return exchange.locked(now -> now.reply().replyOrNull());
    }

    /**
     * Waits at most so many nanoseconds, for the connection's own thread. Null where the server still has the turn.
     * Client thread only.
     */
    Reply await(long nanos) throws InterruptedException {
        await(() -> replyOrNull() != null, nanos);
        return replyOrNull();
    }

    /**
     * Waits at most so many nanoseconds until the connection's own thread has left the connection for good. Client
     * thread only.
     *
     * @return whether it has
     */
    boolean awaitRetired(long nanos) throws InterruptedException {
        return await(reader::hasRetired, nanos);
    }

    /**
     * Waits at most so many nanoseconds until the server has answered all that was sent, or the connection has ended,
     * for the connection's own thread. Client thread only.
     *
     * @return whether all is answered
     */
    boolean awaitSettled(long nanos) throws InterruptedException {
        await(() -> isSettled() || exchange.locked(now -> now.reply().end().isHere()), nanos);
        return isSettled();
    }

    private boolean isSettled() {
        return exchange.locked(now -> now.pending().isSettled());
    }

    /** @return whether it holds */
    private boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        waiter = Thread.currentThread();
        try {
            boolean holds = condition.getAsBoolean();
            for (long left = nanos; !holds && left > 0; left = deadline - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                checkInterrupt();
                holds = condition.getAsBoolean();
            }
            return holds;
        } finally {
            waiter = null;
        }
    }

    /** Waits until the meaning of the connection's end is known, or it is cut. Client thread only. */
    void awaitEnd(ServerLink link) throws InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (!link.isCut() && !exchange.locked(now -> now.reply().end().isHere())) {
                park();
            }
        } finally {
            waiter = null;
        }
    }

    private void park() throws InterruptedException {
        LockSupport.park(this);
        checkInterrupt();
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Wakes the client thread after an event that it may wait for. Any thread, after the event is visible. */
    void happened() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the wait of the last look still goes on. Only the thread that looks for long waits uses it. */
    boolean isWaitingSinceLastLook() {
        int now = waits.get();
        boolean same = waiting && now == seen;
        seen = now;
        return same;
    }

    /** The wait has become a long one: from now on the client is watched. Any thread. */
    void lasts() {
        if (!watch.hasBegun()) {
            lasting = true;
            connection.dismiss();
            happened();
        }
    }
}

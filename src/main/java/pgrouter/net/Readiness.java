package pgrouter.net;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Whether a socket can be read, or written: where the one thread that waits for it and the event loop, which hears of it, meet.
 * In the stead of a thread a task may wait, which costs no stack.
 *
 * <p>The interest in reading lasts from one wait to the next, so that the usual request costs no system call for it; it is taken back
 * only where something arrives that nobody waits for. A socket can nearly always be written to, so that interest ends with the wait.
 */
final class Readiness {
    private final EventLoop loop;
    private final SelectionKey key;
    private final int operation;
    private final boolean lasts;

    /** Written by the event loop, taken by who waits. */
    private volatile boolean ready;

    /** Null while nobody waits. */
    private volatile Thread waiter;

    /** Who waits need not wait on. */
    private volatile boolean dismissed;

    /** What waits in the stead of a thread; null where nothing does. Taken by who is to run it, or by who waits from then on. */
    private final AtomicReference<Runnable> task = new AtomicReference<>();

    private Readiness(EventLoop loop, SelectionKey key, int operation, boolean lasts) {
        this.loop = loop;
        this.key = key;
        this.operation = operation;
        this.lasts = lasts;
    }

    static Readiness toRead(EventLoop loop, SelectionKey key) {
        return new Readiness(loop, key, SelectionKey.OP_READ, true);
    }

    static Readiness toWrite(EventLoop loop, SelectionKey key) {
        return new Readiness(loop, key, SelectionKey.OP_WRITE, false);
    }

    /**
     * Waits until the socket was seen ready since the last time; the next operation may still find nothing.
     *
     * @throws AsynchronousCloseException where the channel is closed, or gets closed meanwhile
     */
    void await() throws AsynchronousCloseException, InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (!ready) {
                park();
            }
            ready = false;
        } finally {
            waiter = null;
        }
    }

    private void park() throws AsynchronousCloseException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        want();
        LockSupport.park(this);
    }

    /**
     * Waits as {@link #await} does, but no longer than until {@link #dismiss}.
     *
     * @return whether the socket was seen ready
     */
    boolean awaitUnlessDismissed() throws AsynchronousCloseException, InterruptedException {
        waiter = Thread.currentThread();
        if (dismissed) {
            dismissed = false;
        }
        try {
            while (!ready && !dismissed) {
                park();
            }
            boolean came = ready;
            if (came) {
                ready = false;
            }
            return came;
        } finally {
            waiter = null;
        }
    }

    /**
     * Waits as {@link #await} does, but not where this holds: asked when {@link #dismiss} can see who waits, and after each one. It
     * may wait for a lock, and so take the sign that the socket is ready: that is looked at last.
     *
     * @return whether the socket was seen ready
     */
    boolean awaitUnless(BooleanSupplier over) throws AsynchronousCloseException, InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (!over.getAsBoolean() && !ready) {
                park();
            }
            boolean came = ready;
            if (came) {
                ready = false;
            }
            return came;
        } finally {
            waiter = null;
        }
    }

    /** Any thread. */
    void dismiss() {
        Thread waiting = waiter;
        if (waiting != null) {
            dismissed = true;
            LockSupport.unpark(waiting);
        }
    }

    /** Whether a thread or a task waits, and nothing was seen. Any thread. */
    boolean isAwaited() {
        return (waiter != null || task.get() != null) && !ready;
    }

    /** What was seen until now is dealt with. For who deals with it next: what comes after that is seen again. */
    void taken() {
        ready = false;
    }

    /**
     * The task is run once, when the socket was seen ready since the last wait, or the channel gets closed. For who would wait else.
     *
     * @return false where it will not be run: the socket is ready already, or closed
     */
    boolean whenReady(Runnable next) {
        task.set(next);
        try {
            want();
        } catch (AsynchronousCloseException closed) {
            return !takeBack();
        }
        return !ready || !takeBack();
    }

    /** The task is not to be run. Any thread. @return false where none waits: it is run, or was */
    boolean takeBack() {
        return task.getAndSet(null) != null;
    }

    private void want() throws AsynchronousCloseException {
        try {
            if ((key.interestOps() & operation) == 0) {
                key.interestOpsOr(operation);
                loop.wake();
            }
        } catch (CancelledKeyException closed) {
            throw new AsynchronousCloseException();
        }
    }

    /**
     * The selector has seen it. On the event loop's thread. Who begins to wait while the interest is taken back is woken, and looks
     * again.
     */
    void happened() {
        ready = true;
        if (!lasts || (waiter == null && task.get() == null)) {
            key.interestOpsAnd(~operation);
        }
        wake();
    }

    /** Lets who waits look again, and runs what waits. Any thread. */
    void wake() {
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
        Runnable next = task.get() == null ? null : task.getAndSet(null);
        if (next != null) {
            run(next);
        }
    }

    /** What could not even begin, for want of memory, is tried again with the next look: else nobody would ever deal with the socket. */
    private void run(Runnable next) {
        boolean ended = false;
        try {
            next.run();
            ended = true;
        } finally {
            if (!ended) {
                task.compareAndSet(null, next);
            }
        }
    }
}

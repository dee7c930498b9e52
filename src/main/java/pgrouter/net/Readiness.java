package pgrouter.net;

import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import pgrouter.net.PolledSocket.Condition;

/**
 * One condition of a socket, between the event loop that sees it and the one thread that waits for it. A task may wait
 * instead of a thread: it needs no stack.
 *
 * <p>Input is watched from one wait to the next, so that the usual request needs no system call for that. The watching
 * ends when input arrives and no thread waits. A socket can nearly always be written to, so the watching for that ends
 * with the wait.
 */
final class Readiness {
    private final EventLoop loop;
    private final PolledSocket socket;
    private final Condition condition;
    private final boolean lasts;

    /** Set by the event loop, cleared by the thread that waits. */
    private volatile boolean ready;

    /** The thread that waits; null for none. */
    private volatile Thread waiter;

    /** Whether the present wait is to end, if it is one that can be dismissed. */
    private volatile boolean dismissed;

    /** The task that waits; null for none. The thread that takes it runs it, or reads instead. */
    private final AtomicReference<Runnable> task = new AtomicReference<>();

    private Readiness(EventLoop loop, PolledSocket socket, Condition condition, boolean lasts) {
        this.loop = loop;
        this.socket = socket;
        this.condition = condition;
        this.lasts = lasts;
    }

    static Readiness toRead(EventLoop loop, PolledSocket socket) {
        return new Readiness(loop, socket, Condition.READABLE, true);
    }

    static Readiness toWrite(EventLoop loop, PolledSocket socket) {
        return new Readiness(loop, socket, Condition.WRITABLE, false);
    }

    /**
     * Waits until the socket was seen ready since the last wait. The next operation may still find nothing.
     *
     * @throws AsynchronousCloseException when the socket is closed, before or during the wait
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
     * Waits as {@link #await} does, but {@link #dismiss} ends the wait too.
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
     * Waits as {@link #await} does, but only while the condition does not hold. The condition is asked once
     * {@link #dismiss} can see the thread, and after each dismissal. It may wait for a lock, which takes an unpark of
     * this thread, so {@link #ready} is read after it.
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

    /** Wakes the thread that waits, to check its condition again. Any thread. */
    void dismiss() {
        Thread waiting = waiter;
        if (waiting != null) {
            dismissed = true;
            LockSupport.unpark(waiting);
        }
    }

    /** Whether a thread or a task waits and the socket was not seen ready. Any thread. */
    boolean isAwaited() {
        return (waiter != null || task.get() != null) && !ready;
    }

    /** Forgets that the socket was ready. The waiting side calls it before it reads, so that later input is seen again. */
    void taken() {
        ready = false;
    }

    /**
     * Registers a task to run once, when the socket is seen ready or is closed. Called instead of waiting.
     *
     * @return false where it will not run: the socket is ready already, or closed
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

    /**
     * Takes the task back. Any thread.
     *
     * @return false where no task waits: it is running, or has run
     */
    boolean takeBack() {
        return task.getAndSet(null) != null;
    }

    private void want() throws AsynchronousCloseException {
        if (socket.watch(condition)) {
            loop.wake();
        }
    }

    /**
     * The poller has seen the socket ready. Event loop only. A thread that begins to wait while the watching ends is
     * woken, and checks again.
     */
    void happened() {
        ready = true;
        if (!lasts || (waiter == null && task.get() == null)) {
            socket.ignore(condition);
        }
        wake();
    }

    /** Wakes the thread that waits, or runs the task. Any thread. */
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

    /** Keeps a task that has failed for want of memory until the next poll. Otherwise no thread would serve the socket again. */
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

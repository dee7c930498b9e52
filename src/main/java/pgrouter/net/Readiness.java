package pgrouter.net;

import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import pgrouter.net.PolledSocket.Condition;

/**
 * One condition of a socket, between the carrier that sees it and the one thread that waits for it. A task may wait
 * instead of a thread: it needs no stack.
 *
 * <p>The carrier may poll while a thread reads. So a poll that had begun before the last read ended says nothing about
 * what is there now. Its number tells: {@link Carrier#polls}.
 */
final class Readiness {
    /** How long the carrier watches a condition that is awaited. */
    enum Watching {
        /**
         * From one wait to the next, so that the usual request needs no system call for that. Ends when the condition
         * is seen and nothing waits.
         */
        LASTING,

        /** Until it is seen. */
        ONCE
    }

    private final Carrier carrier;
    private final PolledSocket socket;
    private final Condition condition;
    private final Watching watching;

    /** The poll that has seen the condition last. Written by the carrier. */
    private volatile long seen;

    /** The poll during which the socket was last read from, or written to. Written by the thread that reads or writes. */
    private volatile long used;

    /** The thread that waits; null for none. */
    private volatile Thread waiter;

    /** Whether the present wait is to end, if it is one that can be dismissed. */
    private volatile boolean dismissed;

    /** The task that waits; null for none. The thread that takes it runs it, or reads instead. */
    private final AtomicReference<Runnable> task = new AtomicReference<>();

    Readiness(Carrier carrier, PolledSocket socket, Condition condition, Watching watching) {
        this.carrier = carrier;
        this.socket = socket;
        this.condition = condition;
        this.watching = watching;
    }

    /** Whether a poll that has begun after the last use of the socket has seen the condition. */
    private boolean isReady() {
        return seen > used;
    }

    /** The socket was read from, or written to: only later polls count. Reading or writing thread. */
    void used() {
        used = carrier.polls();
    }

    /**
     * Waits until the socket was seen ready since its last use.
     *
     * @throws AsynchronousCloseException when the socket is closed, before or during the wait
     */
    void await() throws AsynchronousCloseException, InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (!isReady()) {
                park();
            }
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
        if (dismissed) {
            dismissed = false;
        }
        waiter = Thread.currentThread();
        try {
            while (!isReady() && !dismissed) {
                park();
            }
            return isReady();
        } finally {
            waiter = null;
        }
    }

    /**
     * Waits as {@link #await} does, but only while the condition does not hold. The condition is asked once
     * {@link #dismiss} can see the thread, and after each dismissal. It may wait for a lock, which takes an unpark of
     * this thread, so the socket is looked at after it.
     *
     * @return whether the socket was seen ready
     */
    boolean awaitUnless(BooleanSupplier over) throws AsynchronousCloseException, InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (!over.getAsBoolean() && !isReady()) {
                park();
            }
            return isReady();
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
        return isWaitedFor() && !isReady();
    }

    private boolean isWaitedFor() {
        return waiter != null || task.get() != null;
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
            return !takeBack(next);
        }
        return !isReady() || !takeBack(next);
    }

    /** It may run meanwhile, and another task may wait by now. */
    private boolean takeBack(Runnable own) {
        return task.compareAndSet(own, null);
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
            carrier.wake();
        }
    }

    /**
     * The poller has seen the socket ready. Thread of the carrier only. A thread that begins to wait while the watching
     * ends is woken, and watches again by itself.
     */
    void happened() {
        seen = carrier.polls();
        if (watching == Watching.ONCE || !isWaitedFor()) {
            socket.ignore(condition);
        }
        unpark(waiter);
        Runnable next = task.get();
        if (next == null) {
            return;
        }
        try {
            if (isReady()) {
                run(next);
            }
        } finally {
            if (task.get() != null) {
                watchAgain();
            }
        }
    }

    /** A task waits: the socket was read while the poller looked at it, or the task has failed. */
    private void watchAgain() {
        try {
            socket.watch(condition);
        } catch (AsynchronousCloseException closed) {
            closed();
        }
    }

    /** The socket is closed: wakes the thread that waits, or runs the task. Any thread. */
    void closed() {
        unpark(waiter);
        Runnable next = task.get();
        if (next != null) {
            run(next);
        }
    }

    private static void unpark(Thread waiting) {
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /**
     * Runs the task, unless another thread has taken it. Keeps a task that has failed for want of memory until the next
     * poll. Otherwise no thread would serve the socket again.
     */
    private void run(Runnable next) {
        if (!task.compareAndSet(next, null)) {
            return;
        }
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

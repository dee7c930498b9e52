package pgrouter.exchange;

import java.util.concurrent.locks.LockSupport;

/**
 * Where the client thread waits until the backend's turn ends. What it waits for is looked at under the relay's lock, each time that it
 * is woken; so nothing is missed, and nobody waits with the lock.
 */
public final class Turn {
    /** Null while nobody waits. */
    private volatile Thread waiting;

    /** The client thread is going to look whether it has to wait. */
    void begin() {
        waiting = Thread.currentThread();
    }

    /** Waits until something has happened since {@link #begin}, or for nothing. */
    void await() throws InterruptedException {
        LockSupport.park(this);
        checkInterrupt();
    }

    /** The same, and at most so many nanoseconds. */
    void await(long nanos) throws InterruptedException {
        LockSupport.parkNanos(this, nanos);
        checkInterrupt();
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    void end() {
        waiting = null;
    }

    /** Something has happened, and whoever looks now sees it. Any thread. */
    void happened() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}

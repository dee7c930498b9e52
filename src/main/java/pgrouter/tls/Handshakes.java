package pgrouter.tls;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import pgrouter.net.BlockingTasks;

/**
 * Limits the handshakes of a kind that are computed at a time, in the order in which they came. Handshakes that
 * strangers begin thus leave processors to clients that have logged in. Any thread.
 */
final class Handshakes {
    private final Semaphore turns;

    Handshakes(int atMost) {
        this.turns = new Semaphore(atMost, true);
    }

    /** The kind whose handshakes take half of the processors. */
    static Handshakes ofHalf() {
        return new Handshakes(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /**
     * Waits for its turn, and computes the task on another thread.
     *
     * @param worthIt is checked when the turn has come; where it throws, nothing is computed
     */
    <E extends Exception> void compute(Runnable task, Check<E> worthIt)
            throws E, ExecutionException, InterruptedException {
        turns.acquire();
        try {
            worthIt.run();
            BlockingTasks.compute(callable(task));
        } finally {
            turns.release();
        }
    }

    /** Checks whether the handshake is still waited for. */
    interface Check<E extends Exception> {
        void run() throws E;
    }

    private static Callable<Boolean> callable(Runnable task) {
        return () -> {
            task.run();
            return true;
        };
    }
}

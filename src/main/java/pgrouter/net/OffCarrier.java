package pgrouter.net;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs what would hold up a carrier, and with it every session on it: the operating system's resolver, and cryptography that is
 * made to be slow. The virtual thread that calls it waits as for a socket, while a platform thread does the work.
 */
public final class OffCarrier {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("off-carrier-", 1).daemon().factory());

    private OffCarrier() {}

    /**
     * @throws ExecutionException with what the task has thrown as its cause
     * @throws InterruptedException when the caller is interrupted; the task goes on by itself
     */
    public static <T> T call(Callable<T> task) throws ExecutionException, InterruptedException {
        return THREADS.submit(task).get();
    }

    /**
     * Starts a virtual thread on the JDK's own scheduler, whoever asks: one that is started by a thread of a carrier would run on that
     * carrier.
     */
    public static void start(String name, Runnable task) {
        THREADS.execute(() -> Thread.ofVirtual().name(name).start(task));
    }
}

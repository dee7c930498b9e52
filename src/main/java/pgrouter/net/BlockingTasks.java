package pgrouter.net;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks that would block a carrier, and with it every session on it. The calling virtual thread waits as for a
 * socket, while a platform thread does the work.
 */
public final class BlockingTasks {
    private static final int IDLE_SECONDS = 60;

    /** Threads for tasks that wait and compute nothing. */
    private static final ExecutorService WAITING = Executors.newCachedThreadPool(threads("off-carrier-"));

    /** Threads for tasks that compute. More threads than processors would be no faster, and take processors from the carriers. */
    private static final ExecutorService COMPUTING = atMost(Runtime.getRuntime().availableProcessors());

    private BlockingTasks() {}

    private static ThreadFactory threads(String prefix) {
        return Thread.ofPlatform().name(prefix, 1).daemon().factory();
    }

    private static ExecutorService atMost(int count) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("computing-"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Runs a task that waits, as the operating system's resolver does, for as long as it takes.
     *
     * @throws ExecutionException with the task's exception as its cause
     * @throws InterruptedException when the caller is interrupted; the task goes on by itself
     */
    public static <T> T await(Callable<T> task) throws ExecutionException, InterruptedException {
        return WAITING.submit(task).get();
    }

    /** Runs a task that computes, such as slow cryptography, in the order of the calls; otherwise as {@link #await}. */
    public static <T> T compute(Callable<T> task) throws ExecutionException, InterruptedException {
        return COMPUTING.submit(task).get();
    }

    /**
     * Starts a virtual thread on the JDK's own scheduler, whatever the calling thread. A virtual thread that a thread
     * of a carrier starts directly would run on that carrier.
     */
    public static void start(String name, Runnable task) {
        WAITING.execute(() -> Thread.ofVirtual().name(name).start(task));
    }
}

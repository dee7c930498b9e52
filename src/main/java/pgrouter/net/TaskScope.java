package pgrouter.net;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;

/**
 * Child tasks that cannot outlive the block that owns them: leaving the block interrupts all of them and waits for
 * them. One virtual thread for each task. ({@code StructuredTaskScope} is a preview API in Java 21, and class files
 * that use it run on one release only.)
 */
public final class TaskScope implements AutoCloseable {
    private final ExecutorService children;

    /**
     * A scope whose children run on the carrier of the virtual thread that owns them, else on the JDK's own scheduler.
     *
     * @param name the threads are named {@code NAME-1}, {@code NAME-2} and so on
     */
    public TaskScope(String name) {
        this(Thread.ofVirtual().name(name + "-", 1).factory());
    }

    /** A scope whose children run on this carrier, whatever thread owns them. */
    public TaskScope(String name, Carrier carrier) {
        this(carrier.threads(name));
    }

    private TaskScope(ThreadFactory threads) {
        children = Executors.newThreadPerTaskExecutor(threads);
    }

    public <T> Future<T> fork(Callable<T> task) {
        return children.submit(task);
    }

    /** The same for a task without a result; its exception goes to the thread's handler. */
    public void start(Runnable task) {
        children.execute(task);
    }

    @Override
    public void close() {
        children.shutdownNow();
        children.close();
    }
}

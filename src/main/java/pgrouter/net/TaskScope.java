package pgrouter.net;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Child tasks that cannot outlive the block that owns them: leaving it interrupts and awaits them all. One virtual thread for
 * each task. ({@code StructuredTaskScope} is a preview API in Java 21, and class files that use it run on one release only.)
 */
public final class TaskScope implements AutoCloseable {
    private final ExecutorService children;

    /** @param name the threads are named {@code NAME-1}, {@code NAME-2} and so on */
    public TaskScope(String name) {
        children = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-", 1).factory());
    }

    public <T> Future<T> fork(Callable<T> task) {
        return children.submit(task);
    }

    /** The same for a task whose result nobody asks for; an exception of it goes to the thread's handler. */
    public void start(Runnable task) {
        children.execute(task);
    }

    @Override
    public void close() {
        children.shutdownNow();
        children.close();
    }
}

package pgrouter.health;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import pgrouter.net.BlockingTasks;

/**
 * One answer for all threads that have asked before the query was sent. A thread that asks while it is under way
 * waits for the next one, since an older answer may be out of date. Any thread.
 */
final class SharedAnswer<T> {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();

    /** The answer for the threads that have asked since the last query was sent; empty where there are none. */
    private Optional<CompletableFuture<T>> next = Optional.empty();

    private boolean underWay;

    /** @param name of the thread that asks */
    SharedAnswer(String name) {
        this.name = name;
    }

    /** @return empty where there was none in time */
    Optional<T> ask(Supplier<T> question, Duration atMost) throws InterruptedException {
        try {
            return Optional.of(awaited(question).get(atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException none) {
            return Optional.empty();
        }
    }

    private CompletableFuture<T> awaited(Supplier<T> question) {
        lock.lock();
        try {
            CompletableFuture<T> answer = next.orElseGet(CompletableFuture::new);
            next = Optional.of(answer);
            if (!underWay) {
                underWay = true;
                BlockingTasks.start(name, () -> putAll(question));
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    private void putAll(Supplier<T> question) {
        Optional<CompletableFuture<T>> waiting = begun();
        while (waiting.isPresent()) {
            CompletableFuture<T> answer = waiting.get();
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
            waiting = begun();
        }
    }

    private Optional<CompletableFuture<T>> begun() {
        lock.lock();
        try {
            Optional<CompletableFuture<T>> waiting = next;
            next = Optional.empty();
            underWay = waiting.isPresent();
            return waiting;
        } finally {
            lock.unlock();
        }
    }
}

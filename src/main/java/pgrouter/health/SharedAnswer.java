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
 * One answer for all who have asked before the question was put. Who asks while it is under way waits for the next one: what was true
 * before need not be true any more. Any thread.
 */
final class SharedAnswer<T> {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();

    /** What those wait for who have asked since the last question was put; empty where nobody has. */
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

package pgrouter.auth;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A cache of values that take long to derive. Each is derived once, however many threads ask for it at the same time.
 * The number of places is limited; the value that was least recently asked for gives way. Any thread but a carrier's.
 * The map is guarded by {@code lock}, which is not held while a value is derived.
 */
final class DerivedOnce<V> {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, CompletableFuture<V>> derived = new LinkedHashMap<>(16, 0.75f, true);

    DerivedOnce(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Returns the cached value; the first thread that asks for it derives it.
     *
     * @throws CompletionException where the derivation fails; a failure is not cached
     */
    V of(String key, Supplier<V> derivation) {
        CompletableFuture<V> own = new CompletableFuture<>();
        CompletableFuture<V> value = present(key, own).orElseGet(() -> own.completeAsync(derivation, Runnable::run));
        try {
            return value.join();
        } catch (CompletionException e) {
            forget(key, value);
            throw e;
        }
    }

    /**
     * The value that is cached or is being derived. Empty where the caller's own future was put there, whose value
     * the caller is to derive.
     */
    private Optional<CompletableFuture<V>> present(String key, CompletableFuture<V> own) {
        lock.lock();
        try {
            Optional<CompletableFuture<V>> present = Optional.ofNullable(derived.putIfAbsent(key, own));
            if (derived.size() > capacity) {
                derived.pollFirstEntry();
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    private void forget(String key, CompletableFuture<V> failed) {
        lock.lock();
        try {
            derived.remove(key, failed);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return derived.size();
        } finally {
            lock.unlock();
        }
    }
}

package pgrouter.auth;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What takes long to derive, each derived once, however many ask for it at the same time; in a number of places, from which what was
 * not asked for longest gives way. Any thread but a carrier's; {@code lock} guards the map and is not held while something is derived.
 */
final class DerivedOnce<V> {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, CompletableFuture<V>> derived = new LinkedHashMap<>(16, 0.75f, true);

    DerivedOnce(int capacity) {
        this.capacity = capacity;
    }

    /**
     * What is here, or is derived on the thread of the first who asks.
     *
     * @throws CompletionException where that fails, which is not kept
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

    /** What is here already, or is being derived; else the caller's own is from now on, which it is to derive. */
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

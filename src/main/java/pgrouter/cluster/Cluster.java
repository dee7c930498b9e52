package pgrouter.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import pgrouter.config.Backend;

/** Holds the current {@link ClusterView}. Health publishes it; any thread reads it, without a lock. */
public final class Cluster {
    private final AtomicReference<ClusterView> view;
    private final List<Consumer<ClusterView>> watchers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public Cluster(List<Backend> backends) {
        view = new AtomicReference<>(
                new ClusterView(backends.stream().map(Node::unknown).toList()));
    }

    public ClusterView view() {
        return view.get();
    }

    /** Adds a watcher of every new view. It runs on the thread that changed the view, and must not block. */
    public void watch(Consumer<ClusterView> watcher) {
        watchers.add(watcher);
    }

    /** Replaces the current view. */
    public void publish(ClusterView next) {
        change(before -> next);
    }

    /**
     * Changes the view by some news.
     *
     * @return the view before and the view after the change
     */
    public Change change(UnaryOperator<ClusterView> news) {
        ClusterView before;
        ClusterView after;
        do {
            before = view.get();
            after = news.apply(before);
        } while (!view.compareAndSet(before, after));
        ClusterView current = after;
        watchers.forEach(watcher -> watcher.accept(current));
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return new Change(before, after);
    }

    /** A change of the view. */
    public record Change(ClusterView before, ClusterView after) {}

    /**
     * Waits until a view satisfies the predicate.
     *
     * @return true where it does, false where the time was over
     */
    public boolean await(Predicate<ClusterView> wanted, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!wanted.test(view.get())) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for any change. */
    public void awaitNews(Duration atMost) throws InterruptedException {
        ClusterView before = view.get();
        await(now -> !now.equals(before), atMost);
    }
}

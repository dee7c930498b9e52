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

/** The one place where the current {@link ClusterView} is. Health publishes; any thread reads, without a lock. */
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

    /** Whoever is to hear of every new view, on the thread that has brought the news: it must not block. */
    public void watch(Consumer<ClusterView> watcher) {
        watchers.add(watcher);
    }

    /** This is how the cluster is now. */
    public void publish(ClusterView next) {
        change(before -> next);
    }

    /**
     * Something has become known.
     *
     * @return the view before and the view after that
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

    /** What some news have changed. */
    public record Change(ClusterView before, ClusterView after) {}

    /**
     * Waits until a view is like this.
     *
     * @return whether it is, or the time was over
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

    /** Waits for any news. */
    public void awaitNews(Duration atMost) throws InterruptedException {
        ClusterView before = view.get();
        await(now -> !now.equals(before), atMost);
    }
}

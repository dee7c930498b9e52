package pgrouter.health;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import pgrouter.cluster.ClusterView;
import pgrouter.metrics.Metrics;

/**
 * Watches one backend, on a virtual thread of its own: it is asked what it is when a round begins, and where it is when a session
 * waits for that. One that does not answer delays nobody else's news; what is asked of it meanwhile it is asked once.
 */
final class Watch implements Runnable {
    /** No node is asked for its position more often. */
    private static final Duration PAUSE = Duration.ofMillis(3);

    private final Probe probe;
    private final Consumer<UnaryOperator<ClusterView>> news;
    private final Metrics metrics;
    private final AtomicBoolean round = new AtomicBoolean();
    private final AtomicBoolean position = new AtomicBoolean();
    private final Thread thread;

    Watch(Probe probe, Consumer<UnaryOperator<ClusterView>> news, Metrics metrics) {
        this.probe = probe;
        this.news = news;
        this.metrics = metrics;
        this.thread =
                Thread.ofVirtual().name("health-" + probe.backend().address()).unstarted(this);
    }

    Probe probe() {
        return probe;
    }

    void start() {
        thread.start();
    }

    /** A round begins. */
    void round() {
        wake(round);
    }

    /** Somebody waits for its position. */
    void nudge() {
        wake(position);
    }

    private void wake(AtomicBoolean wanted) {
        if (!wanted.get() && wanted.compareAndSet(false, true)) {
            LockSupport.unpark(thread);
        }
    }

    /** The backend is none of ours any more. */
    void stop() {
        thread.interrupt();
    }

    @Override
    public void run() {
        try (probe) {
            while (!Thread.interrupted()) {
                if (round.getAndSet(false)) {
                    position.set(false);
                    news.accept(probe.what());
                } else if (position.getAndSet(false)) {
                    metrics.lsnQuery();
                    news.accept(probe.where());
                    Thread.sleep(PAUSE);
                } else {
                    LockSupport.park(this);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

package pgrouter.health;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.backend.Connector;
import pgrouter.cluster.Clock;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Role;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.metrics.Metrics;

/**
 * Asks each node for its position in the log while a session waits to read what was written: never for a write by itself, once
 * for all sessions, and no node more often than every {@link #PAUSE}. Each node has a virtual thread of its own, so that one that
 * does not answer delays nobody else's news.
 */
public final class LsnClock implements Clock {
    private static final Duration PAUSE = Duration.ofMillis(3);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Metrics metrics;
    private final List<Hand> hands;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /** How often a node has answered. The lock guards it. */
    private long moves;

    public LsnClock(Cluster cluster, Connector connector, Health health, List<Backend> backends, Metrics metrics) {
        this.cluster = cluster;
        this.metrics = metrics;
        this.hands = backends.stream()
                .map(backend -> new Hand(new Probe(connector, health, backend)))
                .toList();
    }

    /** Begins to listen for sessions that wait, for the life of the process. */
    public void start() {
        hands.forEach(Hand::start);
    }

    @Override
    public void nudge() {
        hands.forEach(Hand::nudge);
    }

    @Override
    public void await(Duration atMost) throws InterruptedException {
        nudge();
        long left = atMost.toNanos();
        lock.lock();
        try {
            long before = moves;
            while (moves == before && left > 0) {
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void move() {
        lock.lock();
        try {
            moves++;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What asks one node. */
    private final class Hand implements Runnable {
        private final Probe probe;
        private final AtomicBoolean wanted = new AtomicBoolean();
        private final Thread thread;

        Hand(Probe probe) {
            this.probe = probe;
            this.thread =
                    Thread.ofVirtual().name("lsn-" + probe.backend().address()).unstarted(this);
        }

        void start() {
            thread.start();
        }

        void nudge() {
            if (!wanted.get() && wanted.compareAndSet(false, true)) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            try (probe) {
                while (true) {
                    while (!wanted.getAndSet(false)) {
                        LockSupport.park(this);
                        if (Thread.interrupted()) {
                            return;
                        }
                    }
                    Thread.sleep(ask() ? PAUSE : AFTER_FAILURE);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        /** @return whether there was an answer */
        private boolean ask() {
            metrics.lsnQuery();
            boolean answered = switch (probe.runInTime()) {
                case Finding.Primary(var position, int timeline, long askedAt) -> {
                    cluster.at(probe.backend().address(), Role.PRIMARY, position, askedAt);
                    yield true;
                }
                case Finding.Standby(var replayed, long askedAt) -> {
                    replayed.ifPresent(
                            position -> cluster.at(probe.backend().address(), Role.STANDBY, position, askedAt));
                    yield true;
                }
                case Finding.Unusable unusable -> false;
            };
            move();
            return answered;
        }
    }
}

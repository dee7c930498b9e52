package pgrouter.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.cluster.Node;
import pgrouter.log.Log;
import pgrouter.metrics.BackendCounters;
import pgrouter.metrics.Histogram;
import pgrouter.metrics.Metrics;
import pgrouter.net.Repeating;

/** The figures of the last quarter of an hour, every five seconds. So a page that is opened now shows the recent past. Any thread. */
final class History {
    private static final Log LOG = Log.of("http");

    static final Duration INTERVAL = Duration.ofSeconds(5);
    static final int MOST = 180;

    /** Rates are requests a second. */
    record Sample(
            Instant time,
            double reader,
            double writer,
            double redirected,
            Histogram.Counts readerTimes,
            Histogram.Counts writerTimes,
            Map<String, Optional<Long>> lag) {}

    private record Totals(long nanos, long redirects, Histogram.Counts reads, Histogram.Counts writes) {}

    private final Facts facts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Totals before;

    History(Facts facts) {
        this.facts = facts;
        this.before = totals();
    }

    /** Begins to sample, on a virtual thread, for the life of the process. */
    void start() {
        Repeating.start(
                "history",
                INTERVAL,
                () -> sample(Instant.now()),
                fault -> LOG.error("the history of the status page lacks a moment: " + fault));
    }

    void sample(Instant time) {
        lock.lock();
        try {
            Totals now = totals();
            samples.addLast(between(time, before, now));
            if (samples.size() > MOST) {
                samples.removeFirst();
            }
            before = now;
        } finally {
            lock.unlock();
        }
    }

    private Sample between(Instant time, Totals first, Totals last) {
        Histogram.Counts reads = last.reads().since(first.reads());
        Histogram.Counts writes = last.writes().since(first.writes());
        double seconds = Math.max(1, last.nanos() - first.nanos()) / 1e9;
        return new Sample(
                time,
                reads.count() / seconds,
                writes.count() / seconds,
                (last.redirects() - first.redirects()) / seconds,
                reads,
                writes,
                lag());
    }

    private Map<String, Optional<Long>> lag() {
        Map<String, Optional<Long>> lag = new LinkedHashMap<>();
        for (Node node : facts.cluster().view().nodes()) {
            lag.put(node.backend().address().toString(), node.lag());
        }
        return lag;
    }

    private Totals totals() {
        Metrics metrics = facts.metrics();
        long redirects = facts.cluster().view().nodes().stream()
                .map(node -> metrics.backend(node.backend().address().toString()))
                .mapToLong(BackendCounters::redirects)
                .sum();
        return new Totals(
                System.nanoTime(),
                redirects,
                metrics.reads().counts(),
                metrics.writes().counts());
    }

    /** The samples, the oldest first. */
    List<Sample> samples() {
        lock.lock();
        try {
            return List.copyOf(samples);
        } finally {
            lock.unlock();
        }
    }
}

package pgrouter.health;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.log.Log;
import pgrouter.net.TaskScope;

/**
 * Probes all backends at the same time, round after round, each probe with a deadline of its own, and publishes what comes in as
 * it comes: a node that does not answer delays nobody else's news. Rounds run on the thread that calls them.
 */
public final class Supervisor {
    private static final Log LOG = Log.of("health");

    private final Cluster cluster;
    private final Health health;
    private final List<Probe> probes;

    private record News(Probe probe, Finding finding) {}

    public Supervisor(Cluster cluster, Connector connector, Health health, List<Backend> backends) {
        this.cluster = cluster;
        this.health = health;
        this.probes = backends.stream()
                .map(backend -> new Probe(connector, health, backend))
                .toList();
    }

    /** Begins a round each check interval, on a virtual thread of its own, for the life of the process. */
    public void start() {
        Thread.ofVirtual().name("health").start(this::supervise);
    }

    private void supervise() {
        try {
            while (true) {
                long begun = System.nanoTime();
                guardedRound();
                long rest = health.check().toNanos() - (System.nanoTime() - begun);
                TimeUnit.NANOSECONDS.sleep(rest);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A fault of one round must not end the watching. */
    private void guardedRound() throws InterruptedException {
        try {
            round();
        } catch (RuntimeException e) {
            LOG.error("a health round failed: " + e);
        }
    }

    /** One round; returns when every probe has answered or its time is over. */
    public void round() throws InterruptedException {
        Round round = new Round(cluster.view());
        BlockingQueue<News> news = new LinkedBlockingQueue<>();
        try (TaskScope scope = new TaskScope("probe")) {
            for (Probe probe : probes) {
                scope.start(() -> news.add(new News(probe, probe.runInTime())));
            }
            for (int heard = 0; heard < probes.size(); heard++) {
                News next = news.take();
                round.add(next.probe().backend().address(), next.finding());
                publish(round.view());
            }
        }
    }

    private void publish(ClusterView next) {
        ClusterView before = cluster.view();
        cluster.publish(next);
        for (int i = 0; i < next.nodes().size(); i++) {
            report(before.nodes().get(i), next.nodes().get(i));
        }
    }

    /** A change of state or role is a line, and so is what the first probe finds; a steady state is none. */
    private static void report(Node before, Node after) {
        if (after.isProbed()
                && (before.state() != after.state() || before.role() != after.role() || !before.isProbed())) {
            LOG.info("backend " + after.backend().address() + ": " + change(before, after));
        }
    }

    private static String change(Node before, Node after) {
        String was = before.isProbed() ? before.role() + " " + before.state() + " -> " : "";
        String why = after.reason().isEmpty() ? "it answers as " + after.role() : after.reason();
        return was + after.role() + " " + after.state() + " (" + why + ")";
    }
}

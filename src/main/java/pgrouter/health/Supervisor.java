package pgrouter.health;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Probes;
import pgrouter.cluster.Reason;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.log.Log;
import pgrouter.metrics.Metrics;
import pgrouter.net.Carrier;
import pgrouter.net.Repeating;
import pgrouter.net.TaskScope;

/**
 * Watches the backends. A round of probes begins each check interval, or at once where something is wrong. The answer
 * of a node is published when it comes. A virtual thread begins the rounds; each backend has its own
 * {@link BackendWatcher}.
 */
public final class Supervisor implements Probes, AutoCloseable {
    private static final Log LOG = Log.of("health");

    /** The time between rounds while there is trouble. */
    private static final Duration HURRIED = Duration.ofMillis(25);

    /** The time after the last call for hurry during which there is trouble as long as no node is the primary. */
    private static final Duration TROUBLE = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final Connector connector;
    private final Metrics metrics;
    private final Logins logins;
    private final Carrier carrier;
    private final TaskScope scope;
    private final Thread thread;
    private final ReentrantLock changing = new ReentrantLock();

    private volatile Plan plan;
    private volatile boolean started;
    private volatile boolean hurry;
    private volatile long hurriedAt;

    /** The backends that are watched, and the interval. */
    private record Plan(
            Health health,
            Duration interval,
            Map<Backend, BackendWatcher> watches,
            Map<Address, BackendWatcher> byAddress) {
        Plan(Health health, Duration interval, Map<Backend, BackendWatcher> watches) {
            this(
                    health,
                    interval,
                    watches,
                    watches.entrySet().stream()
                            .collect(Collectors.toMap(entry -> entry.getKey().address(), Map.Entry::getValue)));
        }
    }

    /** @param carrier the carrier on which all of it runs: for sessions that wait for a position it is asked every few milliseconds */
    public Supervisor(
            Cluster cluster,
            Connector connector,
            Health health,
            List<Backend> backends,
            Metrics metrics,
            Logins logins,
            Carrier carrier) {
        this.cluster = cluster;
        this.connector = connector;
        this.metrics = metrics;
        this.logins = logins;
        this.carrier = carrier;
        this.scope = new TaskScope("health", carrier);
        this.thread = carrier.threads("rounds").newThread(this::supervise);
        this.plan = plan(health, backends, new Plan(health, health.check(), Map.of()));
    }

    /** Makes the plan. A backend whose login, address and deadline stay the same keeps its watcher. */
    private Plan plan(Health health, List<Backend> backends, Plan before) {
        Map<Backend, BackendWatcher> watches = new LinkedHashMap<>();
        for (Backend backend : backends) {
            BackendWatcher kept =
                    before.health().equals(health) ? before.watches().get(backend) : null;
            watches.put(backend, kept == null ? watch(health, backend) : kept);
        }
        return new Plan(health, interval(health, backends), watches);
    }

    private BackendWatcher watch(Health health, Backend backend) {
        Probe probe = new Probe(connector, carrier, health, backend);
        return new BackendWatcher(probe, new LoginMark(probe, logins, health.check()), this::publish, metrics);
    }

    /** Returns the interval of the rounds. A limit of lag in time can be kept only where the nodes are asked twice in that time. */
    private static Duration interval(Health health, List<Backend> backends) {
        return backends.stream()
                .map(Backend::lagTime)
                .flatMap(Optional::stream)
                .map(limit -> limit.dividedBy(2))
                .map(half -> half.compareTo(HURRIED) < 0 ? HURRIED : half)
                .reduce(health.check(), (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    /** Begins a round each interval, for the life of the process. */
    public void start() {
        started = true;
        plan.watches().values().forEach(watch -> watch.start(scope));
        thread.start();
    }

    /** Applies a change of the configuration. */
    public void change(Health health, List<Backend> backends) {
        changing.lock();
        try {
            Plan before = plan;
            Plan next = plan(health, backends, before);
            plan = next;
            cluster.change(view -> view.configured(backends));
            before.watches().values().stream()
                    .filter(watch -> !next.watches().containsValue(watch))
                    .forEach(BackendWatcher::stop);
            next.watches().values().stream()
                    .filter(watch -> !before.watches().containsValue(watch))
                    .forEach(watch -> watch.start(scope));
        } finally {
            changing.unlock();
        }
        probeNow();
    }

    /** Ends the watching. Returns when no watcher runs any more. */
    @Override
    public void close() {
        thread.interrupt();
        scope.close();
    }

    private void supervise() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long begun = System.nanoTime();
                Repeating.turn(
                        () -> plan.watches().values().forEach(BackendWatcher::round),
                        fault -> LOG.error("a round failed: " + fault));
                pause(begun);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause(long begun) {
        long left;
        while ((left = begun + interval().toNanos() - System.nanoTime()) > 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
        }
        hurry = false;
    }

    private Duration interval() {
        boolean trouble = System.nanoTime() - hurriedAt < TROUBLE.toNanos()
                && cluster.view().primary().isEmpty();
        return hurry || trouble ? HURRIED : plan.interval();
    }

    @Override
    public void probeNow() {
        hurriedAt = System.nanoTime();
        if (!hurry) {
            hurry = true;
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void requestPrimaryPosition() {
        cluster.view()
                .primary()
                .flatMap(node -> watcher(node.backend().address()))
                .ifPresent(BackendWatcher::requestPosition);
    }

    @Override
    public void requestPosition(Address node) {
        watcher(node).ifPresent(BackendWatcher::requestPositionAfterPause);
    }

    @Override
    public boolean awaitPosition(Address node, long since, long deadline) throws InterruptedException {
        Optional<BackendWatcher> watcher = watcher(node);
        return watcher.isPresent() && watcher.get().awaitPosition(since, deadline);
    }

    private Optional<BackendWatcher> watcher(Address node) {
        return Optional.ofNullable(plan.byAddress().get(node));
    }

    @Override
    public void await(Duration atMost) throws InterruptedException {
        plan.watches().values().forEach(BackendWatcher::requestPositionAfterPause);
        cluster.awaitNews(atMost);
    }

    /** Runs one round. Returns when every probe has answered or its time is over. Before the start only. */
    public void round() {
        if (started) {
            throw new IllegalStateException("the watches use the probes");
        }
        try (TaskScope scope = new TaskScope("probe", carrier)) {
            plan.watches().values().stream()
                    .map(watch -> scope.fork(() -> round(watch)))
                    .toList()
                    .forEach(Supervisor::ended);
        }
    }

    private boolean round(BackendWatcher watch) throws InterruptedException {
        publish(watch.probe().what());
        watch.loginMark().look();
        return true;
    }

    private static void ended(Future<Boolean> probe) {
        try {
            probe.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("a probe failed: " + e.getCause());
        }
    }

    private void publish(UnaryOperator<ClusterView> news) {
        try {
            Cluster.Change change = cluster.change(news);
            for (Node after : change.after().nodes()) {
                change.before().node(after.backend().address()).ifPresent(before -> report(before, after));
            }
        } catch (RuntimeException | Error e) {
            LOG.error("news of the backends could not be taken in: " + e);
        }
    }

    /** Logs a line for a change of state, role or reason, and for the result of the first probe; none for a steady state. */
    private static void report(Node before, Node after) {
        boolean changed = before.state() != after.state() || before.role() != after.role() || !before.isProbed();
        if (after.reason() instanceof Reason.Disputed dispute && !dispute.equals(before.reason())) {
            LOG.error("backend " + after.backend().address() + ": " + dispute.text());
        } else if (after.isProbed() && changed) {
            LOG.info("backend " + after.backend().address() + ": " + change(before, after));
        }
    }

    private static String change(Node before, Node after) {
        String was = before.isProbed() ? before.role() + " " + before.state() + " -> " : "";
        String why = after.reason() instanceof Reason.None
                ? "it answers as " + after.role()
                : after.reason().text();
        return was + after.role() + " " + after.state() + " (" + why + ")";
    }
}

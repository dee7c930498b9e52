package pgrouter.http;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;
import pgrouter.http.Exposition.Kind;
import pgrouter.metrics.BackendCounters;
import pgrouter.metrics.Metrics;
import pgrouter.metrics.TransactionCounts;

/** All metrics as Prometheus reads them. Names follow https://prometheus.io/docs/practices/naming/. */
final class MetricsText {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private final Exposition text = new Exposition();
    private final Facts facts;
    private final ClusterView view;
    private final Metrics metrics;

    private MetricsText(Facts facts) {
        this.facts = facts;
        this.view = facts.cluster().view();
        this.metrics = facts.metrics();
    }

    static String of(Facts facts) {
        MetricsText all = new MetricsText(facts);
        all.router();
        all.backends();
        all.requests();
        all.java();
        return all.text.toString();
    }

    private void transactions(TransactionCounts ended) {
        text.family(
                        "pgrouter_transactions_total",
                        Kind.COUNTER,
                        "Transactions without an access mode, by where they ran. Of those with ran=\"primary in vain\" a"
                                + " standby could have run each (transactions optimistic).")
                .sample(ended.onStandby(), "ran", "standby")
                .sample(ended.movedOnes(), "ran", "moved")
                .sample(ended.conflicts(), "ran", "conflict")
                .sample(ended.onPrimary(), "ran", "primary")
                .sample(ended.onPrimaryInVain(), "ran", "primary in vain");
    }

    private void router() {
        text.family("pgrouter_info", Kind.GAUGE, "The version of pgrouter and of Java; always 1.")
                .sample(1, "version", facts.version(), "java", Runtime.version().toString());
        text.family("pgrouter_clients", Kind.GAUGE, "Open connections of clients.")
                .sample(metrics.clients());
        text.family("pgrouter_writer_known", Kind.GAUGE, "Whether a primary is known that writes go to.")
                .sample(view.primary().isPresent() ? 1 : 0);
        text.family("pgrouter_learned_statements", Kind.GAUGE, "Statements that standbys are known to refuse.")
                .sample(facts.learned().size());
        text.family(
                        "pgrouter_learned_routes_total",
                        Kind.COUNTER,
                        "Requests that went to the primary since a standby had refused the same statement before.")
                .sample(metrics.learnedRoutes());
        transactions(metrics.transactions());
        text.family("pgrouter_lsn_queries_total", Kind.COUNTER, "Questions to nodes for their position in the log.")
                .sample(metrics.lsnQueries());
        text.family("pgrouter_kept_pipes", Kind.GAUGE, "Connections to backends that are kept for sessions to come.")
                .sample(facts.kept().getAsInt());
    }

    private void backends() {
        text.family("pgrouter_backend_state", Kind.GAUGE, "1 for the state that a backend is in, 0 for the others.");
        for (Node node : view.nodes()) {
            for (State state : State.values()) {
                sample(node, node.state() == state ? 1 : 0, "state", lower(state));
            }
        }
        text.family("pgrouter_backend_role", Kind.GAUGE, "1 for the role that a backend has or had last.");
        for (Node node : view.nodes()) {
            for (Role role : Role.values()) {
                sample(node, node.role() == role ? 1 : 0, "role", lower(role));
            }
        }
        gauge(
                "pgrouter_backend_reader",
                "Whether a standby gets reads: up, within its lag limits, with a weight.",
                node -> node.isSuitableReader() ? 1 : 0);
        gauge(
                "pgrouter_backend_timeline",
                "The timeline that a backend writes or follows; 0 if unknown.",
                Node::timeline);
        gauge(
                "pgrouter_backend_weight",
                "The share of the reading sessions.",
                node -> node.backend().weight());
        gauge(
                "pgrouter_backend_lag_limit_bytes",
                "How far a standby may be behind and still get reads.",
                node -> node.backend().lag());
        gauge(
                "pgrouter_backend_lag_bytes",
                "How far a standby is behind the primary; NaN if unknown.",
                node -> node.lag().map(Long::doubleValue).orElse(Double.NaN));
        gauge(
                "pgrouter_backend_lag_seconds",
                "For how long a standby has lacked something that the primary has written; NaN if unknown.",
                MetricsText::secondsBehind);
        gauge(
                "pgrouter_backend_pipes",
                "Connections of sessions to a backend.",
                node -> facts.open().applyAsInt(node.backend().address()));
    }

    private static double secondsBehind(Node node) {
        return node.lag().isEmpty() ? Double.NaN : node.behindFor().toNanos() / NANOS;
    }

    private void gauge(String name, String help, ToDoubleFunction<Node> value) {
        text.family(name, Kind.GAUGE, help);
        view.nodes().forEach(node -> sample(node, value.applyAsDouble(node)));
    }

    private void sample(Node node, double value, String... labels) {
        String[] all = new String[labels.length + 2];
        all[0] = "backend";
        all[1] = node.backend().address().toString();
        System.arraycopy(labels, 0, all, 2, labels.length);
        text.sample(value, all);
    }

    private void sample(Node node, long value, String... labels) {
        sample(node, (double) value, labels);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private BackendCounters counters(Node node) {
        return metrics.backend(node.backend().address().toString());
    }

    private void requests() {
        text.family(
                "pgrouter_backend_requests_total",
                Kind.COUNTER,
                "Requests that a backend has answered, by what it was then.");
        view.nodes().forEach(node -> {
            sample(node, counters(node).reads(), "route", "reader");
            sample(node, counters(node).writes(), "route", "writer");
        });
        text.family(
                "pgrouter_backend_redirects_total",
                Kind.COUNTER,
                "Requests that a standby has refused, and the primary got.");
        view.nodes().forEach(node -> sample(node, counters(node).redirects()));
        text.family(
                "pgrouter_backend_errors_total",
                Kind.COUNTER,
                "Errors that a backend has answered requests with, refusals of standbys included, by the class of their SQLSTATE.");
        view.nodes()
                .forEach(node -> counters(node)
                        .errors()
                        .forEach((errorClass, count) -> sample(node, count, "class", errorClass)));
        text.family(
                        "pgrouter_request_seconds",
                        Kind.HISTOGRAM,
                        "From the last byte of a request until its answer was passed on, by where it was answered.")
                .histogram(metrics.reads().counts(), "route", "reader")
                .histogram(metrics.writes().counts(), "route", "writer");
        text.family(
                        "pgrouter_read_wait_seconds",
                        Kind.HISTOGRAM,
                        "How long reads have waited for a standby to replay what they must see, by where they ran then.")
                .histogram(metrics.readWaits(true).counts(), "route", "reader")
                .histogram(metrics.readWaits(false).counts(), "route", "writer");
        text.family("pgrouter_redirect_seconds", Kind.HISTOGRAM, "What a standby's refusal has cost.")
                .histogram(metrics.redirects().counts());
        text.family("pgrouter_login_seconds", Kind.HISTOGRAM, "From accepting a client until its first request.")
                .histogram(metrics.logins().counts());
    }

    private void java() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        text.family("pgrouter_carriers", Kind.GAUGE, "Threads that sessions run on.")
                .sample(facts.workers());
        text.family(
                "pgrouter_carrier_cpu_seconds_total",
                Kind.COUNTER,
                "Processor time of a carrier: 1 a second is all it can take.");
        facts.carriers()
                .forEach(thread ->
                        text.sample(threads.getThreadCpuTime(thread.threadId()) / NANOS, "carrier", thread.getName()));
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        text.family("jvm_memory_used_bytes", Kind.GAUGE, "Memory of Java in use.")
                .sample(heap.getUsed(), "area", "heap")
                .sample(
                        ManagementFactory.getMemoryMXBean()
                                .getNonHeapMemoryUsage()
                                .getUsed(),
                        "area",
                        "nonheap");
        text.family("jvm_memory_max_bytes", Kind.GAUGE, "How large the heap may become.")
                .sample(heap.getMax(), "area", "heap");
        collections();
        text.family("process_start_time_seconds", Kind.GAUGE, "When pgrouter was started, in seconds since 1970.")
                .sample(facts.started().toEpochMilli() / MILLIS);
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            text.family("process_cpu_seconds_total", Kind.COUNTER, "Processor time of pgrouter.")
                    .sample(system.getProcessCpuTime() / NANOS);
            text.family("process_open_fds", Kind.GAUGE, "Open files and sockets.")
                    .sample(system.getOpenFileDescriptorCount());
            text.family("process_max_fds", Kind.GAUGE, "How many there may be.")
                    .sample(system.getMaxFileDescriptorCount());
        }
    }

    private void collections() {
        text.family("jvm_gc_collections_total", Kind.COUNTER, "Collections of garbage.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.sample(collector.getCollectionCount(), "gc", collector.getName());
        }
        text.family("jvm_gc_seconds_total", Kind.COUNTER, "Time that they took.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.sample(collector.getCollectionTime() / MILLIS, "gc", collector.getName());
        }
    }
}

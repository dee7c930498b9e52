package pgrouter.monitor;

import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;
import pgrouter.metrics.BackendCounters;
import pgrouter.metrics.Metrics;

/**
 * The text that monitor shows; its format is part of the README. Lag is in bytes, and only a standby that answers has one.
 *
 * <pre>
 * backends OK/ALL
 * workers N
 * clients N
 * HOST:PORT ROLE STATE[ LAG/LIMIT]          one line a backend
 * HOST:PORT reads N writes N redirects N    one line a backend
 * HOST:PORT reason TEXT                     where there is one why it is not used
 * learned N routes N
 * lsn queries N
 * </pre>
 */
final class Report {
    private Report() {}

    static String of(ClusterView view, int workers, Metrics metrics, int learned) {
        StringBuilder text = new StringBuilder();
        text.append("backends " + view.usable() + "/" + view.nodes().size() + "\n");
        text.append("workers " + workers + "\n");
        text.append("clients " + metrics.clients() + "\n");
        view.nodes().forEach(node -> text.append(status(node)));
        view.nodes().forEach(node -> text.append(counts(node, metrics)));
        view.nodes().forEach(node -> text.append(reason(node)));
        text.append("learned " + learned + " routes " + metrics.learnedRoutes() + "\n");
        text.append("lsn queries " + metrics.lsnQueries() + "\n");
        return text.toString();
    }

    private static String status(Node node) {
        String status = node.backend().address() + " " + node.role() + " " + node.state();
        return status + lag(node).map(lag -> " " + lag).orElse("") + "\n";
    }

    private static Optional<String> lag(Node node) {
        return node.state() == State.OK && node.role() == Role.STANDBY
                ? node.lag().map(lag -> lag + "/" + node.backend().lag())
                : Optional.empty();
    }

    private static String reason(Node node) {
        String reason = node.whyUnused();
        return reason.isEmpty() ? "" : node.backend().address() + " reason " + reason + "\n";
    }

    private static String counts(Node node, Metrics metrics) {
        String address = node.backend().address().toString();
        BackendCounters counters = metrics.backend(address);
        String requests = " reads " + counters.reads() + " writes " + counters.writes();
        return address + requests + " redirects " + counters.redirects() + "\n";
    }
}

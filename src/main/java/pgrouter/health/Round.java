package pgrouter.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.State;
import pgrouter.config.Address;

/**
 * The findings of one round as they come in, and what they make of the view before. Lag is only measured between positions of
 * the same round; until the primary's is there, a standby keeps the lag that it had. Used by the supervisor's thread.
 */
final class Round {
    private final ClusterView before;
    private final Map<Address, Finding> findings = new HashMap<>();

    Round(ClusterView before) {
        this.before = before;
    }

    void add(Address backend, Finding finding) {
        findings.put(backend, finding);
    }

    ClusterView view() {
        Optional<Lsn> end = primaryPosition();
        List<Node> nodes = new ArrayList<>();
        for (Node node : before.nodes()) {
            Finding finding = findings.get(node.backend().address());
            nodes.add(finding == null ? node : after(node, finding, end));
        }
        return new ClusterView(nodes);
    }

    /** Of several primaries the one that {@link ClusterView#primary} takes: the highest timeline, then the first of the file. */
    private Optional<Lsn> primaryPosition() {
        return before.nodes().stream()
                .map(node -> findings.get(node.backend().address()))
                .filter(Finding.Primary.class::isInstance)
                .map(Finding.Primary.class::cast)
                .max(Comparator.comparingInt(Finding.Primary::timeline))
                .map(Finding.Primary::position);
    }

    private static Node after(Node node, Finding finding, Optional<Lsn> end) {
        return switch (finding) {
            case Finding.Primary(Lsn position, int timeline, long askedAt) ->
                Node.primary(node.backend(), position, timeline, askedAt);
            case Finding.Standby(Optional<Lsn> replayed, long askedAt) ->
                Node.standby(node.backend(), replayed, lag(node, replayed, end), askedAt);
            case Finding.Unusable unusable -> node.unusable(unusable.state(), unusable.reason());
        };
    }

    /** A node that comes back has no lag of before: it could be anywhere. */
    private static Optional<Long> lag(Node node, Optional<Lsn> replayed, Optional<Lsn> end) {
        if (end.isPresent()) {
            return replayed.map(position -> position.bytesBehind(end.get()));
        }
        return node.state() == State.OK ? node.lag() : Optional.empty();
    }
}

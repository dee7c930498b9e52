package pgrouter.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;
import pgrouter.config.ReadWait;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;

/**
 * Lets a read wait for a standby that has replayed what the read must see, where that is likely to be short. It asks
 * the primary for the position where it is not known yet, and then one standby until it has it. Client thread only.
 */
final class FreshnessWait {
    /** The pause before a standby is asked again; it doubles, so that a wait of 5 ms costs five questions at most. */
    private static final long FIRST_PAUSE = Duration.ofNanos(250_000).toNanos();

    /** The longest such pause: a read waits no longer than this after its standby has replayed what it must see. */
    private static final long LONGEST_PAUSE = Duration.ofMillis(4).toNanos();

    private final Services services;
    private final Servers servers;
    private final Probes probes;
    private long waited;

    /** The decision for the present request. */
    interface Decision {
        /** Decides with the present view of the cluster. */
        Route route() throws SessionException, InterruptedException;

        /** The position for which it was decided last. */
        ReadPosition needed();

        /** The position as it is known in a view. */
        ReadPosition needed(ClusterView view);
    }

    FreshnessWait(Services services, Servers servers) {
        this.services = services;
        this.servers = servers;
        this.probes = services.probes();
    }

    /** How long the last read has waited, in nanoseconds. */
    long waited() {
        return waited;
    }

    /** The next read has not waited. */
    void reset() {
        waited = 0;
    }

    /**
     * @param first the route without a wait: the writer, since no standby has replayed what the read must see
     * @return the route after it; the same while there is no primary, since the wait for one looks at the standbys, too
     */
    Route await(Route first, Decision decision) throws SessionException, InterruptedException {
        ReadWait wait = services.rules().readWait();
        Optional<Node> candidate = candidate();
        if (candidate.isEmpty() || services.cluster().view().primary().isEmpty()) {
            return first;
        }
        if (wait.isOff() || isHopeless(candidate.get(), wait, decision.needed())) {
            probes.requestPosition(address(candidate.get()));
            requestPrimary(decision.needed());
            return first;
        }
        return await(first, decision, candidate.get(), wait);
    }

    private void requestPrimary(ReadPosition needed) {
        if (needed.isOpen() && !needed.isOfThisMoment()) {
            probes.requestPrimaryPosition();
        }
    }

    /** Whether the wait would hardly be short. The position of function calls may be one that the primary has not flushed. */
    private static boolean isHopeless(Node candidate, ReadWait wait, ReadPosition needed) {
        boolean standsStill =
                wait.adapts() && candidate.behindFor().compareTo(wait.most().multipliedBy(2)) >= 0;
        return standsStill || needed.lacksOnlyFloor(candidate);
    }

    private Route await(Route first, Decision decision, Node candidate, ReadWait wait)
            throws SessionException, InterruptedException {
        ReplayTimes times = services.replayTimes().at(address(candidate));
        long limit = wait.adapts() ? times.limit(wait.most()) : wait.most().toNanos();
        long begun = System.nanoTime();
        Route inTime = turns(first, decision, begun + limit);
        if (wait.adapts()) {
            times.ended(limit, inTime.equals(Route.READER));
        }
        Route route = afterAnswer(inTime, decision);
        waited = System.nanoTime() - begun;
        boolean reached = route.equals(Route.READER);
        services.metrics().readWaits(reached).count(waited);
        return route;
    }

    /**
     * A primary that has not answered yet may be frozen, and would lose the read. So the read waits for the end of the
     * question: an answer, or the time after which health takes the node for dead.
     */
    private Route afterAnswer(Route route, Decision decision) throws SessionException, InterruptedException {
        Optional<Node> asked = services.cluster().view().primary();
        if (!Route.awaitsReplay(route) || !decision.needed().isOpen() || asked.isEmpty()) {
            return route;
        }
        probes.requestPrimaryPosition();
        services.cluster()
                .await(
                        view -> !decision.needed(view).isOpen() || !isPrimary(asked.get(), view),
                        asked.get().backend().timeout());
        return decision.route();
    }

    private static boolean isPrimary(Node node, ClusterView view) {
        return view.primary().filter(now -> address(now).equals(address(node))).isPresent();
    }

    /** Asks until the answer decides. An answer may change nothing, as that of a node in another role does. */
    private Route turns(Route first, Decision decision, long deadline) throws SessionException, InterruptedException {
        Route route = first;
        boolean open = decision.needed().isOpen();
        long since = open ? decision.needed().writtenAt() : System.nanoTime();
        long pause = FIRST_PAUSE;
        while (isAnswered(open, since, deadline)) {
            route = decision.route();
            if (!Route.awaitsReplay(route)) {
                return route;
            }
            long now = System.nanoTime();
            if (open == decision.needed().isOpen()) {
                since = Math.min(now + pause, deadline - FIRST_PAUSE);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
                if (since - now <= 0) {
                    return route;
                }
            } else {
                open = !open;
                since = now;
            }
        }
        return route;
    }

    /** Whether the node that has to tell more has answered a question that was sent after a time. */
    private boolean isAnswered(boolean open, long since, long deadline) throws SessionException, InterruptedException {
        Optional<Node> candidate = candidate();
        if (candidate.isEmpty() || !open) {
            return candidate.isPresent() && probes.awaitPosition(address(candidate.get()), since, deadline);
        }
        Optional<Node> primary = services.cluster().view().primary();
        probes.requestPosition(address(candidate.get()));
        return primary.isPresent() && probes.awaitPosition(address(primary.get()), since, deadline);
    }

    /** The session's own standby where it stays there, else the one that has replayed most. */
    private Optional<Node> candidate() throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        Optional<Node> own = servers.ownStandby(view);
        return own.isPresent()
                ? own
                : view.suitableReaders().stream()
                        .filter(node -> node.position().isPresent())
                        .max(Comparator.comparing(node -> node.position().get()));
    }

    private static Address address(Node node) {
        return node.backend().address();
    }
}

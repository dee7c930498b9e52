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
import pgrouter.exchange.ReplayAnswer;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;

/**
 * Lets a read wait for a standby that has replayed what the read must see, where that is likely to be short. It asks
 * the primary for the position where it is not known yet, and then one standby until it has it. A standby that can wait
 * itself does so when it runs the read ({@link StandbyWaits}). Client thread only.
 */
final class FreshnessWait {
    /** The pause before a standby is asked again; it doubles, so that a wait of 5 ms costs five questions at most. */
    private static final long FIRST_PAUSE = Duration.ofNanos(250_000).toNanos();

    /** The longest such pause: a read waits no longer than this after its standby has replayed what it must see. */
    private static final long LONGEST_PAUSE = Duration.ofMillis(4).toNanos();

    private final Services services;
    private final Probes probes;
    private final StandbyWaits standbyWaits;
    private long waited;

    /** The rest of the present read's wait, which its standby does. */
    private Optional<StandbyWait> rest = Optional.empty();

    /** The decision for the present request. */
    interface Decision {
        /** Decides with the present view of the cluster. */
        Route route() throws SessionException, InterruptedException;

        /** The position for which it was decided last. */
        ReadPosition needed();

        /** The position as it is known in a view. */
        ReadPosition needed(ClusterView view);

        /** The standby that the session goes on to read from; empty where it may choose one. */
        Optional<Node> standby(ClusterView view) throws SessionException, InterruptedException;
    }

    FreshnessWait(Services services, Servers servers) {
        this.services = services;
        this.probes = services.probes();
        this.standbyWaits = new StandbyWaits(services, servers);
    }

    /** How long the last read has waited, in nanoseconds. */
    long waited() {
        return waited;
    }

    /** The next read has not waited. */
    void reset() {
        waited = 0;
        rest = Optional.empty();
    }

    /** Takes the rest of the present read's wait where its standby is to do that, when it runs the read. */
    Optional<StandbyWait> takeRest() {
        Optional<StandbyWait> taken = rest;
        rest = Optional.empty();
        return taken;
    }

    /** The standby has answered the read after such a wait, or was lost. */
    void ended(StandbyWait wait, ReplayAnswer answer) {
        waited = standbyWaits.ended(wait, answer);
    }

    /**
     * Waits.
     *
     * @param first the route without a wait: the writer, since no standby has replayed what the read must see
     * @return the route after it; the same while there is no primary, since the wait for one looks at the standbys, too
     */
    Route await(Route first, Decision decision) throws SessionException, InterruptedException {
        return await(first, decision, Optional.empty());
    }

    /**
     * The same for a read outside a transaction of the client. The session's standby may do the rest of the wait: then
     * the route is the reader, and {@link #takeRest} has that wait.
     */
    Route awaitOrLeaveToStandby(Route first, Decision decision) throws SessionException, InterruptedException {
        return await(first, decision, Optional.of(standbyWaits));
    }

    /** @param itself how the standby may wait itself */
    private Route await(Route first, Decision decision, Optional<StandbyWaits> itself)
            throws SessionException, InterruptedException {
        ReadWait wait = services.rules().readWait();
        Optional<Node> candidate = candidate(decision);
        if (candidate.isEmpty() || services.cluster().view().primary().isEmpty()) {
            return first;
        }
        if (wait.isOff() || isHopeless(candidate.get(), wait, decision.needed())) {
            probes.requestPosition(address(candidate.get()));
            requestPrimary(decision.needed());
            return first;
        }
        return await(first, decision, candidate.get(), wait, itself);
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

    private Route await(Route first, Decision decision, Node candidate, ReadWait wait, Optional<StandbyWaits> itself)
            throws SessionException, InterruptedException {
        ReplayTimes times = services.replayTimes().at(address(candidate));
        long limit = wait.adapts() ? times.limit(wait.most()) : wait.most().toNanos();
        Turns turns = new Turns(decision, itself, limit);
        Route inTime = turns.last(first);
        if (rest.isPresent()) {
            return Route.READER;
        }
        if (wait.adapts()) {
            times.ended(limit, inTime.equals(Route.READER));
        }
        Route route = afterAnswer(inTime, decision);
        waited = System.nanoTime() - turns.begun;
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

    /** The questions of one wait. */
    private final class Turns {
        private final Decision decision;
        private final Optional<StandbyWaits> itself;
        private final long limit;
        private final long begun = System.nanoTime();

        Turns(Decision decision, Optional<StandbyWaits> itself, long limit) {
            this.decision = decision;
            this.itself = itself;
            this.limit = limit;
        }

        /** Asks until the answer decides. An answer may change nothing, as that of a node in another role does. */
        Route last(Route first) throws SessionException, InterruptedException {
            Route route = first;
            boolean open = decision.needed().isOpen();
            long since = open ? decision.needed().writtenAt() : System.nanoTime();
            long pause = FIRST_PAUSE;
            while (!isLeftToStandby(route) && isAnswered(open, since)) {
                route = decision.route();
                if (!Route.awaitsReplay(route)) {
                    return route;
                }
                long now = System.nanoTime();
                if (open == decision.needed().isOpen()) {
                    since = Math.min(now + pause, begun + limit - FIRST_PAUSE);
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

        private boolean isLeftToStandby(Route route) throws SessionException, InterruptedException {
            if (itself.isPresent() && route instanceof Route.Writer(Route.Reason reason)) {
                rest = itself.get().of(reason, decision.needed(), begun, limit);
            }
            return rest.isPresent();
        }

        /** Whether the node that has to tell more has answered a question that was sent after a time. */
        private boolean isAnswered(boolean open, long since) throws SessionException, InterruptedException {
            Optional<Node> candidate = candidate(decision);
            if (candidate.isEmpty()) {
                return false;
            }
            if (!open) {
                return isAnswered(candidate, since);
            }
            if (itself.isEmpty() || !itself.get().arePossible()) {
                probes.requestPosition(address(candidate.get()));
            }
            return isAnswered(services.cluster().view().primary(), since);
        }

        private boolean isAnswered(Optional<Node> node, long since) throws InterruptedException {
            return node.isPresent() && probes.awaitPosition(address(node.get()), since, begun + limit);
        }
    }

    /** The session's own standby where it stays there, else the one that has replayed most. */
    private Optional<Node> candidate(Decision decision) throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        Optional<Node> own = decision.standby(view);
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

package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.request.Request;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;
import pgrouter.routing.Traits;

/**
 * The reads in a read-only transaction of a standby: each of them waits until that standby has replayed what the read
 * must see, as long as any read waits. Client thread only.
 */
final class StandbyReads {
    /** The traits of a request that may read. One that was not read to its end may do anything. */
    private static final long MAY_READ = Traits.READS | Traits.WRITER | Traits.MAY_WRITE;

    private final Services services;
    private final Servers servers;
    private final Request request;
    private final StateTracker state;
    private final ReadFreshness freshness;
    private final RequestRouter router;
    private final FreshnessWait wait;

    /** Whether an earlier read has decided what the present request sees. */
    private boolean decided;

    private final FreshnessWait.Decision decision = new FreshnessWait.Decision() {
        @Override
        public Route route() {
            ClusterView view = services.cluster().view();
            ReadPosition position = needed(view);
            boolean isReached = standby(view).filter(position::isReachedBy).isPresent();
            return isReached || position.equals(ReadPosition.ANY) ? Route.READER : Route.OTHERS_WRITES;
        }

        @Override
        public ReadPosition needed() {
            return router.needed();
        }

        @Override
        public ReadPosition needed(ClusterView view) {
            return router.needed(view);
        }

        @Override
        public Optional<Node> standby(ClusterView view) {
            return servers.nodeOfReader(view);
        }
    };

    StandbyReads(
            Services services,
            Servers servers,
            Request request,
            StateTracker state,
            ReadFreshness freshness,
            RequestRouter router,
            FreshnessWait wait) {
        this.services = services;
        this.servers = servers;
        this.request = request;
        this.state = state;
        this.freshness = freshness;
        this.router = router;
        this.wait = wait;
    }

    /** Another request begins. */
    void begin() {
        decided = false;
    }

    /** An earlier read has decided what the present request sees. */
    void areDecided() {
        decided = true;
    }

    /** Whether the present request may read, as far as it was read. */
    boolean mayBeThere() {
        return request.isTooLarge() || Traits.has(request.traits(), MAY_READ);
    }

    /** Whether the standby of the client's transaction has what the present request must see, after the wait for that. */
    boolean areFresh() throws SessionException, InterruptedException {
        freshness.begin(state.consistency(), true);
        freshness.reads(state.consistency());
        return decision.route().equals(Route.READER)
                || wait.await(Route.OTHERS_WRITES, decision).equals(Route.READER);
    }

    /**
     * Waits before a later part of the present request: the client may have paused for long. The part stays on its
     * server, also where that lacks something after the wait.
     */
    void awaitForPart() throws SessionException, InterruptedException {
        boolean oneSnapshot = Traits.has(request.traits(), Traits.ONE_SNAPSHOT);
        if (!decided && !oneSnapshot && mayBeThere()) {
            areFresh();
        }
    }

    /** The standby of the transaction was lost: another one may lack what was read there. */
    void goElsewhere() {
        freshness.begin(state.consistency(), false);
    }
}

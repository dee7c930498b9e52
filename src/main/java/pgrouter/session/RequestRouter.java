package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.config.Transactions;
import pgrouter.exchange.ReplayAnswer;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.FunctionCalls;
import pgrouter.request.Request;
import pgrouter.request.RequestText;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;
import pgrouter.routing.Router;
import pgrouter.routing.Traits;

/**
 * Asks the router where the present request goes. The inputs are the state of the session, the functions that the
 * request calls, the texts that a standby has refused before, and the position that a standby must have reached.
 * Client thread only.
 */
final class RequestRouter {
    private final Services services;
    private final Servers servers;
    private final Request request;
    private final StateTracker state;
    private final Catalog catalog;
    private final LearnedRefusals.OfDatabase learned;
    private final ReadFreshness freshness;
    private final TransactionShape shape;
    private final FunctionCalls calls;
    private final RequestText text;

    private final Router.Session inTransaction;

    private Router.Question asked = new Router.Question(Traits.NONE, false, false, false);

    /**
     * Whether the present request takes away state that the primary does not have, and so needs no standby that has
     * replayed far enough.
     */
    private boolean takesNothing;

    /** Of the optimistic transaction that the present request opens, or in which it runs; empty for any other request. */
    private Optional<Transcript> transcript = Optional.empty();

    /** Whether the present request runs in that transaction, and does not open it. */
    private boolean within;

    /** Whether the next transaction begins on the primary. */
    private boolean avoidsStandby;

    private ReadPosition needed = ReadPosition.ANY;
    private final FreshnessWait wait;

    private final FreshnessWait.Decision decision = new FreshnessWait.Decision() {
        @Override
        public Route route() throws SessionException, InterruptedException {
            ClusterView view = services.cluster().view();
            return routeNow(servers.ownStandby(view), view);
        }

        @Override
        public ReadPosition needed() {
            return needed;
        }

        @Override
        public ReadPosition needed(ClusterView view) {
            return RequestRouter.this.needed(view);
        }

        @Override
        public Optional<Node> standby(ClusterView view) throws SessionException, InterruptedException {
            return servers.ownStandby(view);
        }
    };

    RequestRouter(
            Services services,
            Servers servers,
            ClientRequests client,
            StateTracker state,
            DatabaseKnowledge known,
            ReadFreshness freshness,
            FreshnessWait wait,
            TransactionShape shape) {
        this.services = services;
        this.servers = servers;
        this.request = client.request();
        this.state = state;
        this.catalog = known.catalog();
        this.learned = known.learned();
        this.shape = shape;
        this.freshness = freshness;
        this.calls = client.calls();
        this.text = client.text();
        this.inTransaction = new WithinTransaction(state);
        this.wait = wait;
    }

    /** A request begins, which has not waited. */
    void begin() {
        wait.reset();
        takesNothing = false;
        transcript = Optional.empty();
        within = false;
    }

    /** How long the present request has waited for a standby, in nanoseconds. */
    long waited() {
        return wait.waited();
    }

    /** Takes the wait of the present request that its standby is to do before it runs the request. */
    Optional<StandbyWait> takeStandbyWait() {
        return wait.takeRest();
    }

    /** Notes how such a wait has ended. */
    void ended(StandbyWait standbyWait, ReplayAnswer answer) {
        wait.ended(standbyWait, answer);
    }

    /** A read waits for its standby as long as the configuration allows. */
    Route route() throws ProtocolException, SessionException, InterruptedException {
        takesNothing = !request.isPaused() && state.isForReader(request);
        transcript = Optional.empty();
        if (opensOptimistically() && state.transactions() == Transactions.PRIMARY) {
            shape.counts();
        } else if (opensOptimistically()) {
            boolean usuallyWrites = shape.begins(fingerprint());
            if (usuallyWrites || avoidsStandby) {
                avoidsStandby = false;
                return Route.SHAPE;
            }
            transcript = Optional.of(new Transcript(servers.statements()));
        }
        return routeByNow();
    }

    /** The same for a request in an optimistic transaction: the reader is the standby where that runs. */
    Route within(Transcript transaction) throws ProtocolException, SessionException, InterruptedException {
        takesNothing = false;
        transcript = Optional.of(transaction);
        within = true;
        return shape.goesOn(fingerprint()) ? Route.SHAPE : routeByNow();
    }

    /** The present request goes on with a transaction where that is. */
    void goesOn() throws ProtocolException {
        shape.goesOn(fingerprint());
    }

    private long fingerprint() {
        return here(request.kind().fingerprints().together());
    }

    private boolean opensOptimistically() {
        return request.kind().opensOptimistically()
                && !Traits.has(request.traits(), Traits.HINT_READER)
                && !state.isReadOnlyByDefault();
    }

    /** The next transaction begins on the primary. */
    void avoidStandby() {
        avoidsStandby = true;
    }

    /** The transcript of the optimistic transaction that the present request opens, or in which it runs. */
    Optional<Transcript> transcript() {
        return transcript;
    }

    private Route routeByNow() throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        Optional<Node> own = servers.ownStandby(view);
        fixWrites(own);
        Route route = routeNow(own, view);
        if (Traits.has(request.traits(), Traits.UNKNOWN_FUNCTION) && Traits.has(request.traits(), Traits.READS)) {
            catalog.lookAgain();
        }
        if (route.equals(Route.LEARNED)) {
            request.add(Traits.MAY_WRITE);
            services.metrics().learnedRoute();
        }
        boolean waits = Route.awaitsReplay(route);
        if (waits || route.equals(Route.READER)) {
            freshness.reads(state.consistency());
        }
        return waits ? await(route) : route;
    }

    private Route await(Route route) throws SessionException, InterruptedException {
        return transcript.isEmpty() ? wait.awaitOrLeaveToStandby(route, decision) : wait.await(route, decision);
    }

    private void fixWrites(Optional<Node> own) {
        freshness.begin(state.consistency(), own.isPresent());
    }

    private Route routeNow(Optional<Node> own, ClusterView view) {
        if (calls.areChecked(request) && !calls.canBeChecked(request)) {
            request.add(Traits.WRITER);
        }
        boolean refusedBefore = !learned.isEmpty() && isLearned(view);
        Router.Question question = question(traits(), refusedBefore);
        needed = neededBy(view);
        if (within && own.isEmpty()) {
            return Route.NO_READER;
        }
        ClusterView choice = within ? view.onlyReader(own.get()) : servers.choice(own, needed, view);
        Route route = services.router().route(question, within ? inTransaction : state, needed, choice);
        return route.equals(Route.OTHERS_WRITES) && freshness.isOwnWriteMissing(view) ? Route.OWN_WRITES : route;
    }

    /** Whether the present request runs in an optimistic transaction that is open. */
    boolean isWithin() {
        return within;
    }

    /** The traits of the request by which it is routed. */
    private long traits() {
        long traits = request.traits();
        if (transcript.isEmpty()) {
            return takesNothing ? traits & ~Traits.FOR_WRITER : traits;
        }
        return Transcript.canTake(request) ? traits & ~Traits.CONTROLS_TRANSACTION : traits | Traits.WRITER;
    }

    private boolean isTooLarge() {
        return request.isTooLarge()
                || (transcript.isPresent() && !transcript.get().hasRoom(request.length()));
    }

    /** Whether the messages that were read make a request for a standby the writer's. */
    boolean isForWriter() {
        return isTooLarge() || Traits.has(traits(), Traits.FOR_WRITER);
    }

    /** Returns the last instance where nothing differs, which is the usual case: so it allocates nothing. */
    private Router.Question question(long traits, boolean refusedBefore) {
        boolean stateful = !request.state().isNone();
        boolean same = asked.traits() == traits
                && asked.stateful() == stateful
                && asked.tooLarge() == isTooLarge()
                && asked.learned() == refusedBefore;
        if (!same) {
            asked = new Router.Question(traits, stateful, isTooLarge(), refusedBefore);
        }
        return asked;
    }

    private boolean isLearned(ClusterView view) {
        Optional<Address> primary = view.primary().map(node -> node.backend().address());
        return request.kind().fingerprints().any(fingerprint -> learned.isLearned(here(fingerprint), primary));
    }

    /**
     * Returns the fingerprint of a text among the sessions in which its names mean the same. The refusals of other
     * sessions say nothing about these.
     */
    private long here(long fingerprint) {
        return fingerprint + Long.rotateLeft(31L * servers.naming() + state.naming(), 32);
    }

    /** The position that a standby must have reached for the request: the route was decided for it. */
    ReadPosition needed() {
        return needed;
    }

    /** The same as it is known in a view by now. */
    ReadPosition needed(ClusterView view) {
        needed = neededBy(view);
        return needed;
    }

    private ReadPosition neededBy(ClusterView view) {
        return takesNothing || Traits.has(request.traits(), Traits.HINT_READER) || seesNothing()
                ? ReadPosition.ANY
                : calls.needed(request, freshness.needed(view));
    }

    /** Whether what the client has sent now may be for the writer, while a standby runs the part before. */
    boolean isInDoubt() throws SessionException, InterruptedException {
        return isUnkept() || isForWriter() || isOutdated();
    }

    /** Whether a message comes that is not kept: an optimistic transaction needs it. */
    private boolean isUnkept() {
        return transcript.isPresent() && request.length() == 0;
    }

    /** Whether the request belongs to a transaction of a standby and reads nothing, or what it sees was decided before. */
    private boolean seesNothing() {
        return transcript.isPresent()
                && (!Traits.has(request.traits(), Traits.READS)
                        || transcript.get().hasItsSnapshot());
    }

    /**
     * Whether the messages that were read after a pause or a Flush must be analyzed again. The client may have paused
     * for long. Meanwhile the catalog may have changed, or others may have written what the request must see.
     */
    boolean isOutdated() throws SessionException, InterruptedException {
        boolean news = state.suspects().isEmpty();
        state.refreshSuspects();
        ClusterView view = services.cluster().view();
        Optional<Node> own = servers.ownStandby(view);
        fixWrites(own);
        needed = neededBy(view);
        return news || own.filter(needed::isReachedBy).isEmpty();
    }

    /** Whether the client itself has declared that it writes nothing. */
    boolean wishesReadOnly() {
        return Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION) || state.isReadOnlyByDefault();
    }

    /** Returns the text of {@code SHOW pgrouter.last_route} for a request that the writer gets. */
    String words(Route.Reason reason) {
        return reason == Route.Reason.PINNED
                ? reason.words() + state.pin().map(pin -> ", " + pin).orElse("")
                : reason.words();
    }

    /**
     * Notes that the primary has run what a standby has refused: the next time the primary is asked at once.
     *
     * @param fingerprint of the request when the standby was asked
     */
    void learn(long fingerprint) throws ProtocolException {
        Optional<Node> primary = services.cluster().view().primary();
        if (primary.isPresent()) {
            learned.learn(here(fingerprint), primary.get().backend().address(), text.of(request));
        }
    }
}

package pgrouter.session;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.SessionException;
import pgrouter.client.StartupSettings;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.config.Consistency;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.exchange.Turn;
import pgrouter.log.Log;
import pgrouter.net.Inbox;
import pgrouter.pool.NoPrimaryException;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.FunctionCalls;
import pgrouter.request.Request;
import pgrouter.request.RequestInspector;
import pgrouter.request.RequestText;
import pgrouter.request.RequestTimes;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Refusal;
import pgrouter.routing.Route;
import pgrouter.routing.Router;
import pgrouter.routing.Traits;

/**
 * Serves one client after its login: reads a request, asks where it goes, sends it, awaits the outcome, and where a standby has
 * refused it, sends it again to the writer. Runs on the client thread.
 */
final class RequestRelay {
    private static final Log LOG = Log.of("session");
    private static final long OPENS = Traits.READ_ONLY_TRANSACTION | Traits.OPEN_TRANSACTION;

    /** What a transaction of a standby does that wants to be one of the primary. */
    private static final long ADJUSTS = Traits.ADJUSTS_TRANSACTION | Traits.EXPORTS_SNAPSHOT;

    /** How long a read whose standby has crashed waits for another one. */
    private static final Duration ANOTHER_READER = Duration.ofSeconds(1);

    /** A statement that fails. */
    private static final byte[] FAILING = FrontendMessage.query("SELECT 1/0");

    private final Services services;
    private final Pipes pipes;
    private final Rest rest;
    private final Inbox inbox;
    private final RequestReader requests;
    private final Request request = new Request();
    private final SessionState state;
    private final Catalog catalog;
    private final LearnedRefusals.OfDatabase learned;
    private final Horizon horizon;
    private final FunctionCalls calls;
    private final RequestText text;
    private final RequestTimes times;

    private Optional<Relay> inTransaction = Optional.empty();

    /** What has opened the present transaction on a standby, as long as nothing else was done in it. */
    private Optional<byte[]> opening = Optional.empty();

    /** The client's transaction was lost with its server: what it says next is said to a transaction that has failed. */
    private boolean doomed;

    /** Whether the present transaction of a standby had failed before this request. */
    private boolean failedBefore;

    /** Whether the present request was sent to a server that was lost, and again to another. */
    private boolean sentAgain;

    /** What the request was known by when a standby was asked: the next time it is looked for by that. */
    private long judgedAs;

    /** Whether the standby that was asked last was there when the last part of the request was sent. */
    private boolean ranAtReader;

    private boolean schemaChanged;
    private boolean codeChanged;

    /** Whether there was no room for something of this session. */
    private boolean exceeded;

    /** What the last reply has shown. */
    private Effects shown = Effects.NONE;

    private String lastRoute = "none yet";

    /** Whether a standby has given the last answer. */
    private boolean byReader;

    /** Whether the present request takes away what the primary has nothing of, and so needs no standby that is far enough. */
    private boolean takesNothing;

    RequestRelay(
            Services services,
            Pipes pipes,
            Inbox inbox,
            StartupSettings startup,
            Catalog catalog,
            LearnedRefusals.OfDatabase learned,
            Rest rest) {
        this.services = services;
        this.pipes = pipes;
        this.inbox = inbox;
        this.rest = rest;
        RequestInspector inspector = new RequestInspector(
                pipes.statements(), pipes.reported(), services.rules().route());
        this.requests = new RequestReader(inbox, inspector);
        this.catalog = catalog;
        this.learned = learned;
        this.state =
                new SessionState(pipes, inspector, catalog, services.rules().consistency());
        this.horizon = new Horizon(services.writes());
        this.calls = new FunctionCalls(inspector);
        this.text = new RequestText(inbox, pipes.statements(), pipes.reported());
        this.times = new RequestTimes(services.metrics(), text);
        startup.own().forEach(state::startedWith);
        pipes.watch(request::length);
    }

    /** The client has logged in, and rests. */
    void begin() {
        rest.begin(keepsTime());
    }

    private boolean keepsTime() {
        return !services.rules().limits().idle().isZero();
    }

    /**
     * Until the client leaves, or its thread is dismissed while it rests: then another one may go on.
     *
     * @return whether the client has left
     */
    boolean serve() throws IOException, SessionException, InterruptedException {
        state.refreshSuspects();
        while (rests()) {
            if (!requests.next(request) || !rest.end()) {
                return true;
            }
            if (state.refreshSuspects() && !request.isTooLarge()) {
                requests.again(request);
            }
            times.begins();
            if (!answer() || request.isBrokenOff()) {
                return true;
            }
            times.ends(request, lastRoute, byReader, services.rules().slow());
            inbox.consume(request.length());
        }
        request.reset();
        return false;
    }

    /** The client has left: whether what it had on the servers can be undone, so that another session can go on there. */
    boolean leavesNothingBehind() {
        return inTransaction.isEmpty() && !doomed && request.isEmpty() && state.isUndoable();
    }

    /**
     * Waits for the next request, where nothing is under way. In between another thread may end the session.
     *
     * @return false where the thread was dismissed
     */
    private boolean rests() throws IOException, SessionException {
        if (inTransaction.isPresent() || doomed) {
            rest.pause();
            return true;
        }
        rest.begin(keepsTime());
        if (services.sessions().isEnding() && rest.take()) {
            throw Session.ending();
        }
        return inbox.rest();
    }

    /** @return false when the client has left in the middle of the request */
    private boolean answer() throws IOException, SessionException, InterruptedException {
        sentAgain = false;
        boolean unawaited = pipes.client().hasLeft();
        if (unawaited && (doomed || pipes.presentWriter().isEmpty())) {
            return false;
        }
        try {
            if (doomed) {
                inTransaction = Optional.of(failedTransaction());
                doomed = false;
            }
            if (inTransaction.isPresent()) {
                if (mayMove() && !requests.whole(request)) {
                    return false;
                }
                if (isExportTooLate(inTransaction.get())) {
                    return failExport(inTransaction.get());
                }
                moveTransaction();
                return tell(inTransaction.get(), 0, inTransactionWords());
            }
            if (request.excess().isPresent()) {
                return exceeds(request.excess().get());
            }
            takesNothing = !request.isPaused() && state.isForReader(request);
            Route route = unawaited ? Route.NO_READER : route();
            return route instanceof Route.Writer(Route.Reason reason) ? tell(state.writer(), 0, words(reason)) : read();
        } catch (NoPrimaryException e) {
            return withoutPrimary(e);
        } finally {
            pipes.resting();
        }
    }

    /** What the client has begun, if it has, is over. */
    private boolean withoutPrimary(NoPrimaryException e) throws IOException {
        boolean failed = doomed || inTransaction.isPresent();
        inTransaction.filter(pipe -> !pipe.isWriter()).ifPresent(pipe -> pipes.dropReader());
        inTransaction = Optional.empty();
        return fail(SqlState.CANNOT_CONNECT_NOW, e.getMessage(), failed, false);
    }

    /** Nothing of the request was sent, and nothing of it will be. */
    private boolean exceeds(ErrorResponse error) throws IOException {
        toldOfExcess(error);
        return fail(error.sqlState(), error.message(), false, false);
    }

    /** A part of the request was sent, or is said to a transaction: the server has an error too. */
    private Reply exceeds(Relay pipe, ErrorResponse error) throws IOException, SessionException, InterruptedException {
        toldOfExcess(error);
        if (pipe.turn() == Turn.CLIENT_COPIES) {
            throw SessionException.fatal(error.sqlState(), error.message());
        }
        pipe.fail(error);
        if (!requests.finish(request, false)) {
            return new Reply.Deserted(pipe.effects());
        }
        request.endsWith(FrontendTag.SYNC);
        pipe.sync();
        return pipe.await();
    }

    /** A session that goes on to ask for more is one line. */
    private void toldOfExcess(ErrorResponse error) {
        if (!exceeded) {
            LOG.info("has no room for another prepared statement: " + error.message());
        }
        exceeded = true;
    }

    private String inTransactionWords() {
        Relay pipe = inTransaction.orElseThrow();
        return pipe.isWriter() ? "writer: transaction" : pipe.words();
    }

    private String words(Route.Reason reason) {
        return reason == Route.Reason.PINNED
                ? reason.words() + state.pin().map(pin -> ", " + pin).orElse("")
                : reason.words();
    }

    private Route route() throws SessionException, InterruptedException {
        Route route = routeNow();
        if (Traits.has(request.traits(), Traits.UNKNOWN_FUNCTION) && Traits.has(request.traits(), Traits.READS)) {
            catalog.lookAgain();
        }
        if (route.equals(Route.LEARNED)) {
            request.add(Traits.MAY_WRITE);
            services.metrics().learnedRoute();
        }
        if (route.equals(Route.OWN_WRITES)) {
            services.clock().nudge();
            return awaitReader(route);
        }
        return route;
    }

    private Route routeNow() throws SessionException, InterruptedException {
        if (calls.areChecked(request) && !calls.canBeChecked(request)) {
            request.add(Traits.WRITER);
        }
        ClusterView view = services.cluster().view();
        boolean refusedBefore = !learned.isEmpty() && isLearned(view);
        long traits = takesNothing ? request.traits() & ~Traits.WRITER : request.traits();
        Router.Question question = new Router.Question(traits, request.isTooLarge(), refusedBefore);
        Optional<Node> own = pipes.ownStandby(view);
        ReadPosition needed = needed(own, view);
        return services.router().route(question, state, needed, pipes.choice(own, needed, view));
    }

    private boolean isLearned(ClusterView view) {
        Optional<Address> primary = view.primary().map(node -> node.backend().address());
        return request.anyFingerprint(fingerprint -> learned.isLearned(here(fingerprint), primary));
    }

    /** The fingerprint of a text among the sessions in which its names mean the same: others' refusals say nothing of these. */
    private long here(long fingerprint) {
        return fingerprint + Long.rotateLeft(31L * pipes.naming() + state.naming(), 32);
    }

    private ReadPosition needed(Optional<Node> own, ClusterView view) {
        return takesNothing
                ? ReadPosition.ANY
                : calls.needed(request, horizon.needed(state.consistency(), own.isPresent(), view));
    }

    /** A read waits for its standby as long as the configuration allows. */
    private Route awaitReader(Route first) throws SessionException, InterruptedException {
        Duration wait = services.rules().readWait();
        Route route = first;
        long deadline = System.nanoTime() + wait.toNanos();
        for (long left = wait.toNanos();
                left > 0 && route.equals(Route.OWN_WRITES);
                left = deadline - System.nanoTime()) {
            services.clock().await(Duration.ofNanos(left));
            route = routeNow();
        }
        return route;
    }

    /**
     * Asks standbys until one has answered or refused, each at most once; then the writer. A read that may have ended a standby's
     * process is for one more standby at most.
     */
    private boolean read() throws IOException, SessionException, InterruptedException, NoPrimaryException {
        Set<Address> failed = Set.of();
        Casualties casualties = Casualties.NONE;
        ClusterView view = services.cluster().view();
        ReadPosition needed = Traits.has(request.traits(), Traits.HINT_READER)
                ? ReadPosition.ANY
                : needed(pipes.ownStandby(view), view);
        int released = 0;
        while (!pipes.client().isGone()) {
            Optional<Relay> reader = casualties.isNone() ? pipes.reader(needed, failed) : anotherReader(needed, failed);
            if (reader.isEmpty() && !casualties.isNone()) {
                return givenUp(casualties);
            }
            if (reader.isEmpty()) {
                return tell(state.writer(), released, words(Route.Reason.NO_READER));
            }
            if (!state.giveTo(reader.get())) {
                failed = with(failed, Pipes.address(reader.get()));
                pipes.dropReader();
                continue;
            }
            Reply reply = ask(reader.get(), released);
            switch (reply) {
                case Reply.Complete complete -> {
                    lastRoute(reader.get().words());
                    byReader = true;
                    finished(reader.get(), complete);
                    if (hadOtherFunctions(reader.get())) {
                        pipes.dropReader();
                    }
                    return true;
                }
                case Reply.Refused refused -> {
                    return casualties.isNone() ? redirect(reader.get(), refused) : givenUp(casualties);
                }
                case Reply.Withdrawn withdrawn -> {
                    return casualties.isNone() ? goOnAtWriter(reader.get(), withdrawn) : givenUp(casualties);
                }
                case Reply.Lost lost -> {
                    if (pipes.areDeserted()) {
                        return deserted(reader.get(), lost.effects());
                    }
                    services.clock().hurry();
                    if (!lost.held() || request.isBrokenOff()) {
                        return lost(reader.get(), lost, true);
                    }
                    released = lost.delivered();
                    failed = with(failed, Pipes.address(reader.get()));
                    if (!casualties.isNone() || mayHaveCrashed(reader.get(), lost)) {
                        casualties = casualties.with(Pipes.address(reader.get()));
                    }
                    pipes.dropReader();
                    if (casualties.areEnough()) {
                        return givenUp(casualties);
                    }
                }
                case Reply.Deserted deserted -> {
                    return deserted(reader.get(), deserted.effects());
                }
                case Reply.Partial partial -> throw new AssertionError("the client has the turn");
            }
        }
        return false;
    }

    /** Functions that nobody has looked at may have left anything on the server. */
    private boolean hadOtherFunctions(Relay reader) {
        boolean others = reader.hasOtherFunctions();
        if (others) {
            catalog.lookAgain();
        }
        return others;
    }

    /**
     * The client has left in the middle of its request, or is gone. Nothing is sent again for it; but others are to know what its
     * request has changed.
     *
     * @return whether what it has sent behind the request can still be run: it may be a write
     */
    private boolean deserted(Relay pipe, Effects shown) {
        if (pipe.isWriter()) {
            noteSchemaChange(shown);
            codeChanged |= pipe.isLeftAtWork() && Traits.has(request.traits(), Traits.WRITER | Traits.MAY_WRITE);
            afterSchemaChange();
            return false;
        }
        boolean whole = request.length() > 0 && request.end() != 0 && !request.isTooLarge() && !request.isBrokenOff();
        if (!whole || inTransaction.isPresent() || pipes.client().isGone()) {
            return false;
        }
        pipes.dropReader();
        return true;
    }

    /**
     * Whether the request may be what has ended the standby's process: it ran, and does more than to begin a transaction or to take
     * state away.
     */
    private boolean mayHaveCrashed(Relay reader, Reply.Lost lost) {
        boolean harmless = request.isOnlyOpening() || request.isOnly(Traits.RESETS);
        return ranAtReader && !harmless && !reader.isCut() && lost.isCrash();
    }

    /** A standby that will soon be far enough is waited for: there is no primary to ask instead. */
    private Optional<Relay> anotherReader(ReadPosition needed, Set<Address> failed)
            throws SessionException, InterruptedException {
        long deadline = System.nanoTime() + ANOTHER_READER.toNanos();
        Optional<Relay> reader = pipes.reader(needed, failed);
        for (long left = ANOTHER_READER.toNanos();
                left > 0 && reader.isEmpty() && isThereAnother(failed);
                left = deadline - System.nanoTime()) {
            services.clock().await(Duration.ofNanos(left));
            reader = pipes.reader(needed, failed);
        }
        return reader;
    }

    private boolean isThereAnother(Set<Address> failed) {
        return !services.cluster().view().without(failed).suitableReaders().isEmpty();
    }

    /** No other node is to have the read: the client is told, and its session goes on. */
    private boolean givenUp(Casualties casualties) throws IOException {
        pipes.dropReader();
        state.lost();
        return fail(SqlState.CRASH_SHUTDOWN, casualties.words(), false, false);
    }

    private static Set<Address> with(Set<Address> some, Address another) {
        Set<Address> more = new HashSet<>(some);
        more.add(another);
        return more;
    }

    /**
     * A request to a standby, kept until its verdict.
     *
     * @param released how many messages of the reply the client has from a reader that is gone
     */
    private Reply ask(Relay reader, int released) throws IOException, SessionException, InterruptedException {
        pipes.working(reader);
        reader.own().prepare(namedInSql(true));
        boolean checked = calls.areChecked(request);
        reader.beginHeld(released, wishesReadOnly(), checked);
        judgedAs = request.fingerprint();
        ranAtReader = false;
        int sent = 0;
        while (true) {
            ranAtReader |= !reader.hasEnded();
            reader.send(request, inbox, sent, check(reader, sent));
            request.begun();
            sent = request.length();
            Reply reply = reader.await();
            if (!(reply instanceof Reply.Partial partial)) {
                return reply;
            }
            if (!partial.held()) {
                inbox.consume(sent);
                return converse(reader, !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION));
            }
            boolean paused = request.isPaused();
            if (!reader.isDecided() && !requests.more(request, reader::isDecided)) {
                return new Reply.Deserted(reader.effects());
            }
            times.begins();
            boolean moves = isForWriter() || isUncheckable(checked) || isOutdated(sent);
            moves |= request.excess().isPresent();
            boolean compares = paused && reader.compares(request);
            if ((moves || compares || reader.isDecided()) && reader.withdraw()) {
                return new Reply.Withdrawn(reader.deliveredMessages());
            }
            if (paused && moves && isRestFree(reader) && requests.turnAwayRest(request, sent, reader)) {
                return new Reply.Withdrawn(0);
            }
            judgedAs = reader.isDecided() ? judgedAs : request.fingerprint();
        }
    }

    /** After an error that the client has nothing counts any more. */
    private Optional<FunctionCheck> check(Relay reader, int sent) {
        return sent > 0 && reader.turn() == Turn.CLIENT_SKIPS ? Optional.empty() : calls.check(request);
    }

    /**
     * Whether what was read calls functions of which it can no longer be asked whether they are the ones that were looked at.
     *
     * @param checked whether that was known of the request when it began: its standby has them then
     */
    private boolean isUncheckable(boolean checked) {
        return calls.areChecked(request) && !(checked && calls.canBeChecked(request));
    }

    /**
     * Whether what was read after a pause or a Flush is to be looked at anew: the client may have waited for long, and the catalog may have
     * changed meanwhile, or others may have written what it is to see.
     *
     * @param sent what of the request was sent before
     */
    private boolean isOutdated(int sent) throws SessionException, InterruptedException {
        return requests.goesOn(request, sent) && isOutdated();
    }

    private boolean isOutdated() throws SessionException, InterruptedException {
        boolean news = state.suspects().isEmpty();
        state.refreshSuspects();
        ClusterView view = services.cluster().view();
        Optional<Node> own = pipes.ownStandby(view);
        ReadPosition needed = Traits.has(request.traits(), Traits.HINT_READER) ? ReadPosition.ANY : needed(own, view);
        return news || own.filter(needed::isReachedBy).isEmpty();
    }

    /** Whether the client has said itself that it writes nothing. */
    private boolean wishesReadOnly() {
        return Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION) || state.isReadOnlyByDefault();
    }

    /** Whether what was read of a request that a standby was asked first makes it the writer's. */
    private boolean isForWriter() {
        return request.isTooLarge() || Traits.has(request.traits(), Traits.WRITER);
    }

    /** Whether what was read after a pause may be the writer's, where the client has a part of the standby's answer to what was before. */
    private boolean isRestFree(Relay reader) {
        return !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION) && !request.isTooLarge() && !reader.isHeld();
    }

    /**
     * The statements that must be there before a request, since its SQL uses them by name. Where its end is not known, these are all
     * that SQL has prepared: to do that in the middle of it would end its transaction.
     */
    private Collection<String> namedInSql(boolean outside) {
        return request.isPaused() && outside ? pipes.statements().bySql(request.named()) : request.named();
    }

    /** A standby has refused: it is left as it was before, and the writer gets the whole request. */
    private boolean redirect(Relay reader, Reply.Refused refused)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        reader.counters().redirect();
        times.refused();
        if (hadOtherFunctions(reader) || !reader.own().undo()) {
            pipes.dropReader();
        }
        request.add(Traits.MAY_WRITE);
        Relay writer = state.writer();
        boolean told = tell(writer, refused.delivered(), "writer: redirected, " + refused.sqlState());
        if (told && refused.refusal() == Refusal.REDIRECT && !shown.has(Effect.FAILED) && !writer.hasEnded()) {
            learn();
        }
        return told;
    }

    /** A standby has refused what the primary has run: the next time the primary is asked at once. */
    private void learn() throws ProtocolException {
        Optional<Node> primary = services.cluster().view().primary();
        if (primary.isPresent()) {
            learned.learn(here(judgedAs), primary.get().backend().address(), text.of(request));
        }
    }

    /**
     * Whether the end of the request may show that a transaction of a standby goes on elsewhere. What reads has a snapshot, after which a
     * transaction cannot be made another one.
     */
    private boolean mayMove() {
        boolean untouched = opening.isPresent() && !Traits.has(request.traits(), Traits.READS);
        return !inTransaction.orElseThrow().isWriter() && (untouched || request.beginsWithEnd());
    }

    /**
     * A transaction that a standby has opened and in which nothing was done yet, and that the client now wants to be other than a
     * standby's can be, goes on as one of the writer.
     */
    private void moveTransaction() throws SessionException, InterruptedException, NoPrimaryException {
        Relay reader = inTransaction.orElseThrow();
        if (!reader.isWriter()) {
            if (opening.isPresent() && Traits.has(request.traits(), ADJUSTS)) {
                moveToWriter(reader, opening.get());
            } else if (request.goesOnBehindEnd()) {
                endElsewhere(reader);
            }
        }
        opening = Optional.empty();
    }

    /** A snapshot that a standby exports is of no use to those who look for it on the primary, and this one is taken already. */
    private boolean isExportTooLate(Relay pipe) {
        return Traits.has(request.traits(), Traits.EXPORTS_SNAPSHOT)
                && opening.isEmpty()
                && !pipe.isWriter()
                && pipe.transactionStatus() == 'T';
    }

    private boolean failExport(Relay reader)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        if (!reader.own().run(FrontendMessage.query("ROLLBACK"))) {
            pipes.dropReader();
        }
        inTransaction = Optional.empty();
        state.ended(reader, false);
        return fail(
                SqlState.FEATURE_NOT_SUPPORTED,
                "a read-only transaction that has read from the standby " + Pipes.address(reader)
                        + " cannot export its snapshot: call pg_export_snapshot() first in it",
                true,
                false);
    }

    /**
     * What a request does behind the end of a standby's transaction may be the writer's: so that end is on the writer, in a
     * transaction that is in the same state.
     */
    private void endElsewhere(Relay reader) throws SessionException, InterruptedException, NoPrimaryException {
        boolean failed = reader.transactionStatus() == 'E';
        reader.own().run(FrontendMessage.query(failed ? "ROLLBACK" : "COMMIT"));
        state.ended(reader, !failed);
        Relay writer = state.writer();
        writer.own().prepare(request.references());
        writer.own().run(FrontendMessage.query("BEGIN READ ONLY"));
        if (failed) {
            writer.own().run(FAILING);
        }
        inTransaction = Optional.of(writer);
    }

    /**
     * A request whose answer counts.
     *
     * @param released how many messages of the reply the client has from a reader
     * @return false when the client has left
     */
    private boolean tell(Relay pipe, int released, String route)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        if (pipes.client().isGone()) {
            return false;
        }
        pipes.working(pipe);
        byReader = !pipe.isWriter();
        if (Traits.has(request.traits(), Traits.SHOWS_OWN_SETTING) && pipe.transactionStatus() != 'E') {
            pipe.own().run(state.ownSettings(lastRoute));
            pipe.taint();
        } else {
            lastRoute(route);
        }
        if (Traits.has(request.traits(), Traits.LISTS_STATEMENTS)) {
            pipe.own().prepareAll();
        }
        pipe.own().prepare(namedInSql(inTransaction.isEmpty()));
        boolean sent = !pipe.hasEnded();
        pipe.begin(released, mayHaveWritten(request.traits()));
        pipe.send(request, inbox, 0);
        sent &= pipe.isDelivered() || request.isTooLarge();
        boolean isWhole = !request.isTooLarge() && request.excess().isEmpty();
        Reply reply = isWhole ? pipe.await() : new Reply.Partial(false, false);
        if (reply instanceof Reply.Partial) {
            inbox.consume(request.length());
            reply = converse(pipe, false);
        }
        return switch (reply) {
            case Reply.Complete complete -> {
                finished(pipe, complete);
                yield true;
            }
            case Reply.Deserted deserted -> deserted(pipe, deserted.effects());
            case Reply.Lost lost -> lost(pipe, lost, sent && !lost.isIdleTimeout());
            case Reply.Partial partial -> throw new AssertionError("the client has the turn");
            case Reply.Refused refused -> throw new AssertionError("nothing was kept");
            case Reply.Withdrawn withdrawn -> throw new AssertionError("nothing was kept");
        };
    }

    private void lastRoute(String route) {
        lastRoute = route;
    }

    /** Passes on what the client sends and waits for the backend, in turns, until all is answered. */
    private Reply converse(Relay pipe, boolean readsOnly) throws IOException, SessionException, InterruptedException {
        if (request.length() > 0) {
            request.consumed();
        }
        while (true) {
            boolean goesOn =
                    request.excess().isPresent() || requests.forward(request, pipe, readsOnly, this::isOutdated);
            if (!goesOn) {
                return new Reply.Deserted(pipe.effects());
            }
            times.begins();
            if (request.excess().isPresent()) {
                return exceeds(pipe, request.excess().get());
            }
            if (request.isTurnedAway()) {
                return new Reply.Withdrawn(0);
            }
            Reply reply = pipe.await();
            if (!(reply instanceof Reply.Partial)) {
                return reply;
            }
        }
    }

    /**
     * What follows a Flush is for the writer. Where the client has nothing of the reply but the answers to Parse and the like, the
     * writer gets the whole request, else what is left of it: what was read before has no part in what is written.
     */
    private boolean goOnAtWriter(Relay reader, Reply.Withdrawn withdrawn)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        lookAgain(withdrawn.delivered());
        if (hadOtherFunctions(reader) || !isLeft(reader)) {
            pipes.dropReader();
        }
        request.takenUp();
        return tell(state.writer(), withdrawn.delivered(), words(Route.Reason.STATEMENT));
    }

    /**
     * Looks at the request with what is known now of functions. Where the client was told what a statement returns, that must be
     * remembered, and is with the statement as it was read.
     */
    private void lookAgain(int released) throws ProtocolException {
        if (request.isTurnedAway() || request.isTooLarge()) {
            return;
        }
        if (released == 0) {
            requests.again(request);
        } else {
            request.add(Traits.MAY_WRITE);
        }
    }

    private boolean isLeft(Relay reader) throws InterruptedException {
        return request.isTurnedAway() ? reader.own().finish() : reader.finishWithdrawn();
    }

    /** What the answered request means for the next ones. */
    private void finished(Relay pipe, Reply.Complete reply)
            throws ProtocolException, SessionException, InterruptedException {
        try {
            shown = reply.effects();
            settle(pipe, reply);
        } catch (NoPrimaryException e) {
            throw SessionException.fatal(
                    SqlState.CANNOT_CONNECT_NOW,
                    "terminating connection: what this session has set needs a primary; " + e.getMessage());
        }
    }

    private void settle(Relay pipe, Reply.Complete reply)
            throws ProtocolException, SessionException, InterruptedException, NoPrimaryException {
        boolean opened = inTransaction.isEmpty();
        inTransaction = reply.status() == 'I' ? Optional.empty() : Optional.of(pipe);
        if (pipe.isWriter()) {
            finishedAtWriter(reply.effects());
        } else {
            finishedAtReader(reply.effects());
            opening = opened && inTransaction.isPresent() && request.isOnlyOpening()
                    ? request.opening()
                    : Optional.empty();
            leaveChain(pipe, reply);
        }
        state.finished(request, pipe, reply.effects(), inTransaction.isPresent());
    }

    /**
     * Behind a failed transaction AND CHAIN begins one with the session's own characteristics, not with those of the failed one
     * (measured on 15): it is no read-only one, and so the writer's.
     */
    private void leaveChain(Relay reader, Reply.Complete reply)
            throws SessionException, InterruptedException, NoPrimaryException {
        boolean chained = Traits.has(request.traits(), Traits.CHAINS) && reply.status() == 'T';
        if (chained && (failedBefore || reply.effects().has(Effect.FAILED)) && !state.isReadOnlyByDefault()) {
            moveToWriter(reader, FrontendMessage.query("BEGIN"));
        }
        failedBefore = reader.transactionStatus() == 'E';
    }

    private void moveToWriter(Relay reader, byte[] begin)
            throws SessionException, InterruptedException, NoPrimaryException {
        Relay writer = state.writer();
        if (writer.own().run(begin)) {
            if (!reader.own().run(FrontendMessage.query("ROLLBACK"))) {
                pipes.dropReader();
            }
            inTransaction = Optional.of(writer);
        }
    }

    private void finishedAtReader(Effects shown) throws ProtocolException {
        horizon.atReader();
        boolean ownWish = inTransaction.isPresent() || Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION);
        if (shown.has(Effect.REFUSED) && !ownWish) {
            learn();
        }
    }

    private void finishedAtWriter(Effects shown) {
        boolean wrote = shown.has(Effect.WROTE) || mayHaveWritten(request.traits());
        horizon.atWriter(wrote, inTransaction.isPresent());
        if (wrote && inTransaction.isEmpty() && state.consistency() != Consistency.EVENTUAL && horizon.willBeAsked()) {
            services.clock().nudge();
        }
        noteSchemaChange(shown);
        if (inTransaction.isEmpty()) {
            afterSchemaChange();
        }
    }

    private void noteSchemaChange(Effects shown) {
        schemaChanged |= shown.has(Effect.CHANGED_SCHEMA);
        codeChanged |= shown.has(Effect.CHANGED_CODE) || Traits.has(request.traits(), Traits.UNLOGGED);
    }

    private void afterSchemaChange() {
        if (schemaChanged) {
            learned.forget();
        }
        if (codeChanged) {
            catalog.changed();
        }
        schemaChanged = false;
        codeChanged = false;
    }

    /** The command tag of a SELECT does not show what its functions did. */
    private static boolean mayHaveWritten(long traits) {
        return Traits.has(traits, Traits.MAY_WRITE);
    }

    /**
     * The pipe has ended with the request on it. The session goes on: the client is told once what became of the request, which is
     * never sent a second time.
     *
     * @param sent whether it was sent at all; the server may then have run it
     */
    private boolean lost(Relay pipe, Reply.Lost lost, boolean sent)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        if (lost.toldClient()) {
            throw SessionException.quoting("backend " + Pipes.address(pipe) + " has ended the session", new byte[0]);
        }
        if (request.isBrokenOff()) {
            return brokenOff();
        }
        if (lost.fault().isPresent()) {
            throw SessionException.fatal(
                    SqlState.PROTOCOL_VIOLATION, lost.fault().get().message());
        }
        if (pipe.isWriter() && pipes.bond().isThere()) {
            throw pipes.bond().broken(Pipes.address(pipe));
        }
        if (pipes.areDeserted()) {
            return deserted(pipe, lost.effects());
        }
        services.clock().hurry();
        boolean within = inTransaction.isPresent();
        inTransaction = Optional.empty();
        opening = Optional.empty();
        state.lost();
        if (!pipe.isWriter()) {
            pipes.dropReader();
        } else {
            horizon.atWriter(true, false);
        }
        boolean harmless = !sent || (request.isOnlyOpening() && lost.delivered() == 0 && !sentAgain);
        if (harmless && !within && request.length() > 0 && !request.isTooLarge()) {
            sentAgain |= sent;
            return tell(state.writer(), lost.delivered(), words(Route.Reason.STATEMENT));
        }
        if (within && isRollback() && lost.delivered() == 0) {
            inTransaction = Optional.of(failedTransaction());
            return tell(inTransaction.get(), 0, inTransactionWords());
        }
        Loss loss = Loss.of(pipe.isWriter(), within || request.isOnlyOpening(), sent, mayEndTransaction());
        boolean failed = within && !isEndOfTransaction();
        return fail(loss.sqlState(), loss.text(Pipes.address(pipe)), failed, lost.copying());
    }

    /** What the client wants is done already; a transaction that has failed answers it. */
    private boolean isRollback() {
        return isEndOfTransaction()
                && Traits.has(request.traits(), Traits.ROLLS_BACK)
                && !Traits.has(request.traits(), Traits.CHAINS)
                && request.length() > 0
                && !request.isTooLarge();
    }

    private boolean mayEndTransaction() {
        return Traits.has(request.traits(), Traits.ENDS_FIRST | Traits.MULTIPLE);
    }

    /** Whether it is COMMIT or the like and nothing else: whatever came of it, the transaction is over. */
    private boolean isEndOfTransaction() {
        return Traits.has(request.traits(), Traits.ENDS_FIRST) && !request.goesOnBehindEnd();
    }

    /**
     * The client is told of an error of pgrouter's, as PostgreSQL would: what is left of the request is passed over.
     *
     * <p>A client may have sent on already, believing that it is in a transaction: where the request was to begin one, what follows
     * is said to a transaction that has failed, so that nothing of it is run by itself.
     *
     * @param failed whether the client's transaction has failed with it
     * @param copying whether the request was at a COPY FROM STDIN
     */
    private boolean fail(String sqlState, String text, boolean failed, boolean copying) throws IOException {
        if (request.isBrokenOff()) {
            return brokenOff();
        }
        doomed = failed || Traits.has(request.traits(), OPENS | Traits.CHAINS);
        pipes.client().write(ErrorResponse.error(sqlState, text).encode());
        if (!requests.finish(request, copying)) {
            return false;
        }
        pipes.client().write(BackendMessage.readyForQuery((byte) (doomed ? 'E' : 'I')));
        return true;
    }

    /** The client has broken the protocol, and no server has said so: nothing more is read of it. */
    private boolean brokenOff() throws ProtocolException {
        if (request.violation().isPresent()) {
            throw request.violation().get();
        }
        return false;
    }

    /** A server's process in a failed transaction, as the client believes its own to be: so PostgreSQL itself answers. */
    private Relay failedTransaction() throws SessionException, InterruptedException, NoPrimaryException {
        Optional<Relay> writer = pipes.presentWriter();
        Optional<Relay> reader = writer.isPresent() ? Optional.empty() : pipes.reader(ReadPosition.ANY, Set.of());
        Relay pipe = reader.filter(state::takesOver).isPresent() ? reader.get() : state.writer();
        pipe.own().prepare(request.references());
        pipe.own().run(FrontendMessage.query("BEGIN"));
        pipe.own().run(FAILING);
        failedBefore = !pipe.isWriter();
        return pipe;
    }
}

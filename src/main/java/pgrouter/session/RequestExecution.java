package pgrouter.session;

import java.io.IOException;
import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.pool.NoPrimaryException;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.Request;
import pgrouter.request.RequestReader;
import pgrouter.request.RequestTimes;
import pgrouter.routing.Refusal;
import pgrouter.routing.Route;
import pgrouter.routing.Traits;

/**
 * Executes the requests of one client, one at a time: routes each, runs it there, and settles its consequences for the
 * next one. Client thread only.
 */
final class RequestExecution {
    private final Services services;
    private final Servers servers;
    private final Request request;
    private final RequestReader requests;
    private final RequestTimes times;
    private final StateTracker state;
    private final RequestRouter router;
    private final StandbyReads reads;
    private final RequestRun run;
    private final ReaderAttempt attempt;
    private final ReaderAttempts attempts;
    private final Redirect redirect;
    private final TransactionMove move;
    private final TransactionRenewal renewal;
    private final Settlement settlement;
    private final FailedRequest failure;

    private final TransactionShape shape;
    private final ClientTransaction transaction;

    /** Whether the present request was sent to a server that was lost, and again to another. */
    private boolean sentAgain;

    /** The effects that the last reply has shown. */
    private Effects shown = Effects.NONE;

    private final LastRoute lastRoute = new LastRoute();

    /** Whether a standby has given the last answer. */
    private boolean byReader;

    RequestExecution(
            Services services, Servers servers, ClientRequests client, StateTracker state, DatabaseKnowledge known) {
        this.services = services;
        this.servers = servers;
        this.request = client.request();
        this.requests = client.reader();
        this.times = client.times();
        this.state = state;
        ReadFreshness freshness = new ReadFreshness(services.writes(), services.lastWrite());
        this.shape =
                new TransactionShape(known.shapes(), client, services.metrics().transactions());
        FreshnessWait wait = new FreshnessWait(services, servers);
        this.router = new RequestRouter(services, servers, client, state, known, freshness, wait, shape);
        this.reads = new StandbyReads(services, servers, request, state, freshness, router, wait);
        RequestForwarder forwarder = new RequestForwarder(client.inbox(), client.messages(), reads);
        SessionCommits commits = new SessionCommits(services.cluster(), known.catalog(), servers);
        this.run = new RequestRun(client, forwarder, router, servers.statements(), commits, services.writes());
        this.attempt = new ReaderAttempt(servers, client, forwarder, router, run);
        this.move = new TransactionMove(servers, state, request);
        this.attempts = new ReaderAttempts(services, servers, request, state, router, attempt, move);
        this.renewal = new TransactionRenewal(services, client, state, router, reads, attempts, move);
        this.redirect = new Redirect(servers, request, client.messages(), known.catalog());
        this.transaction = new ClientTransaction(request, state, router, move, shape);
        SchemaChanges changes = new SchemaChanges(known);
        this.settlement = new Settlement(services, request, state, freshness, commits, router, attempt, move, changes);
        this.failure = new FailedRequest(servers.client(), request, requests, transaction);
    }

    /** Whether the client is in a transaction. */
    boolean isInTransaction() {
        return transaction.isOpen();
    }

    /** Where the last request has run, and why. */
    LastRoute lastRoute() {
        return lastRoute;
    }

    /** Whether a standby has given the last answer. */
    boolean isByReader() {
        return byReader;
    }

    /** Runs the present request. @return false when the client has left in the middle of it */
    boolean execute() throws IOException, SessionException, InterruptedException {
        sentAgain = false;
        router.begin();
        reads.begin();
        attempts.begin();
        boolean isAwaited = !servers.client().hasLeft();
        if (!isAwaited
                && (transaction.now() instanceof Transaction.Lost
                        || servers.presentWriter().isEmpty())) {
            return false;
        }
        try {
            return runsWhereItGoes(isAwaited);
        } catch (NoPrimaryException e) {
            if (transaction.isAtReader()) {
                servers.dropReader();
            }
            return failure.tell(SqlState.CANNOT_CONNECT_NOW, e.getMessage(), transaction.isOpen(), false);
        } catch (ConflictException e) {
            transaction.conflicted();
            return failure.tell(e.error().sqlState(), e.error().message(), true, false);
        } finally {
            servers.idle();
        }
    }

    /** @param isAwaited whether the client waits for the answer: else no standby is asked */
    private boolean runsWhereItGoes(boolean isAwaited)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        if (transaction.now() instanceof Transaction.Lost) {
            transaction.becomes(move.failed());
        }
        if (transaction.now() instanceof Transaction.Open open) {
            return within(open);
        }
        if (transaction.now() instanceof Transaction.Optimistic open) {
            return within(open, isAwaited);
        }
        if (request.excess().isPresent()) {
            return exceeds(request.excess().get());
        }
        Route route = isAwaited ? router.route() : Route.NO_READER;
        if (route instanceof Route.Writer(Route.Reason reason)) {
            boolean isRead = isAwaited && Route.wantsReader(route);
            return isRead ? readsAtWriter(reason) : runsAt(state.writer(), 0, router.words(reason));
        }
        return settles(attempts.read());
    }

    /** The writer runs a read, unless a standby can do so before there is a primary. */
    private boolean readsAtWriter(Route.Reason reason)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        Optional<Relay> writer = state.writer(attempts.primaryWait());
        return writer.isPresent() ? runsAt(writer.get(), 0, router.words(reason)) : settles(attempts.read());
    }

    private boolean within(Transaction.Optimistic open, boolean isAwaited)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        if (request.kind().beginsWithEnd() && !requests.whole(request)) {
            return false;
        }
        if (transaction.isOfStandby(open)) {
            return runsAt(open.standby(), 0, open.standby().words());
        }
        boolean moves =
                !isAwaited || transaction.mayGoOnAfterEnd() || request.excess().isPresent();
        Route route = moves ? Route.STATEMENT : router.within(open.transcript());
        return route instanceof Route.Writer(Route.Reason reason)
                ? runsAt(transaction.toWriter(), 0, router.words(reason))
                : settles(attempts.within(open));
    }

    private boolean within(Transaction.Open open)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        if (open.unproved().isPresent() && !requests.whole(request)) {
            return false;
        }
        move.prove(open);
        router.goesOn();
        if (move.mayFollow(open) && !requests.whole(request)) {
            return false;
        }
        if (move.isExportTooLate(open)) {
            return failsToExport(open.server());
        }
        Transaction.Open now = renewal.fresh(move.before(open));
        transaction.becomes(now);
        return runsAt(now.server(), 0, words(now.server()));
    }

    private static String words(Relay server) {
        return server.isWriter() ? "writer: transaction" : server.words();
    }

    private boolean failsToExport(Relay reader)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        transaction.becomes(Transaction.None.INSTANCE);
        move.rollBack(reader);
        return failure.tell(
                SqlState.FEATURE_NOT_SUPPORTED,
                "a read-only transaction that has read from the standby " + reader.address()
                        + " cannot export its snapshot: call pg_export_snapshot() first in it",
                true,
                false);
    }

    /** Nothing of the request was sent, and nothing of it will be sent. */
    private boolean exceeds(ErrorResponse error) throws IOException {
        run.toldOfExcess(error);
        return failure.tell(error.sqlState(), error.message(), false, false);
    }

    /** @param result of a request that was sent to standbys: the writer gets it where none of them has the answer */
    private boolean settles(ReadResult result)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        return switch (result) {
            case ReadResult.Answered(Relay reader, Reply.Complete reply) -> {
                lastRoute.set(reader.words(), router.waited());
                byReader = true;
                settles(reader, reply);
                redirect.answered(reader);
                yield true;
            }
            case ReadResult.Refused(Relay reader, Reply.Refused reply) -> redirects(reader, reply);
            case ReadResult.Moves(Relay reader, Reply.Withdrawn reply) -> goesOnAtWriter(reader, reply.delivered());
            case ReadResult.Late(StandbyWait wait) -> isLate(wait);
            case ReadResult.Lost(Relay reader, Reply.Lost reply) -> loses(reader, reply, true);
            case ReadResult.Deserted(Relay reader, Reply.Deserted reply) ->
                transaction.isOpenedByAll()
                        ? runsAt(state.writer(), 0, router.words(Route.Reason.NO_READER))
                        : isDeserted(reader, reply.effects());
            case ReadResult.NoReader(int delivered) ->
                (delivered == 0 && !transaction.isOpen())
                        ? readsAtWriter(Route.Reason.NO_READER)
                        : runsAt(transaction.toWriter(), delivered, router.words(Route.Reason.NO_READER));
            case ReadResult.GivenUp(Casualties casualties) -> {
                servers.dropReader();
                state.lost();
                yield failure.tell(SqlState.CRASH_SHUTDOWN, casualties.words(), transaction.isOpen(), false);
            }
            case ReadResult.ClientGone gone -> false;
        };
    }

    /** A standby has run a read too early: the writer gets it, unless that has ended the standby's process. */
    private boolean isLate(StandbyWait wait)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        Optional<Reply.Lost> loss = redirect.late(wait);
        boolean suspected = loss.isPresent() && attempts.mayHaveEnded(wait.standby(), loss.get());
        return suspected ? settles(attempts.read()) : readsAtWriter(wait.late());
    }

    /** A standby has refused: the writer gets the whole request. */
    private boolean redirects(Relay reader, Reply.Refused refused)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        reader.counters().redirect();
        times.refused();
        redirect.refused(reader);
        Relay writer = transaction.toWriter();
        boolean told = runsAt(writer, refused.delivered(), "writer: redirected, " + refused.sqlState());
        if (told && refused.refusal() == Refusal.REDIRECT && !shown.has(Effect.FAILED) && !writer.hasEnded()) {
            router.learn(attempt.fingerprint());
        }
        return told;
    }

    /** A standby has only a part of the request: the writer gets the rest. */
    private boolean goesOnAtWriter(Relay reader, int delivered)
            throws IOException, SessionException, InterruptedException, NoPrimaryException, ConflictException {
        transaction.opensOn(reader);
        redirect.withdrawn(reader, delivered);
        return runsAt(transaction.toWriter(), delivered, router.words(Route.Reason.STATEMENT));
    }

    /**
     * Runs a request whose answer counts.
     *
     * @param delivered how many messages of the reply the client has from a reader
     * @return false when the client has left
     */
    private boolean runsAt(Relay server, int delivered, String route)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        if (servers.client().isGone()) {
            return false;
        }
        servers.working(server);
        byReader = !server.isWriter();
        if (Traits.has(request.traits(), Traits.SHOWS_OWN_SETTING) && server.transactionStatus() != 'E') {
            server.own().run(state.ownSettings(lastRoute.get()));
            server.taint();
        } else {
            lastRoute.set(route, router.waited());
        }
        if (Traits.has(request.traits(), Traits.LISTS_STATEMENTS)) {
            server.own().prepareAll();
        }
        return switch (run.at(server, delivered, !transaction.isOpen())) {
            case Reply.Complete complete -> {
                settles(server, complete);
                yield true;
            }
            case Reply.Deserted deserted -> isDeserted(server, deserted.effects());
            case Reply.Lost lost -> loses(server, lost, run.isSent() && !lost.isIdleTimeout());
            case Reply.Partial partial -> throw new AssertionError("the client has the turn");
            case Reply.Refused refused -> throw new AssertionError("a reply that counts was kept");
            case Reply.Withdrawn withdrawn -> throw new AssertionError("a request that counts was taken back");
        };
    }

    private void settles(Relay server, Reply.Complete reply)
            throws ProtocolException, SessionException, InterruptedException {
        shown = reply.effects();
        shape.answered(!server.isWriter());
        transaction.becomes(settlement.settle(transaction.now(), server, reply));
    }

    /** @return whether what the client has sent after the request, before it left, can still run: it may be a write */
    private boolean isDeserted(Relay server, Effects until) {
        if (server.isWriter()) {
            settlement.settleDeserted(server, until);
            return false;
        }
        boolean isRoutable =
                transaction.now() instanceof Transaction.None || transaction.now() instanceof Transaction.Optimistic;
        if (!request.isWhole() || !isRoutable || servers.client().isGone()) {
            return false;
        }
        servers.dropReader();
        return true;
    }

    /**
     * Handles a server that was lost with the request on it. The session goes on. The client is told once what became
     * of the request, which never runs a second time.
     *
     * @param sent whether it was sent at all; the server may then have run it
     */
    private boolean loses(Relay server, Reply.Lost lost, boolean sent)
            throws IOException, SessionException, InterruptedException, NoPrimaryException {
        if (request.isBrokenOff() && !lost.toldClient()) {
            return failure.isBrokenOff();
        }
        ServerLoss.endSession(server, lost, servers.bond());
        if (servers.areDeserted()) {
            return isDeserted(server, lost.effects());
        }
        services.probes().probeNow();
        if (transaction.now() instanceof Transaction.Open open && open.isAtReader()) {
            servers.dropReader();
            Optional<Transaction.Open> anew = renewal.afterLoss(open, lost, sent);
            if (anew.isPresent()) {
                transaction.becomes(anew.get());
                return runsAt(anew.get().server(), 0, words(anew.get().server()));
            }
        }
        boolean within = transaction.isOpen();
        transaction.becomes(Transaction.None.INSTANCE);
        settlement.settleLost(server.isWriter() && sent, within);
        if (!server.isWriter()) {
            servers.dropReader();
        }
        return switch (ServerLoss.of(request, server.isWriter(), lost, within, sent, sentAgain)) {
            case ServerLoss.SentAgain again -> {
                sentAgain |= sent;
                yield runsAt(state.writer(), lost.delivered(), router.words(Route.Reason.STATEMENT));
            }
            case ServerLoss.RolledBack rolledBack -> {
                Transaction.Open failed = move.failed();
                transaction.becomes(failed);
                yield runsAt(failed.server(), 0, words(failed.server()));
            }
            case ServerLoss.Told(LostRequest loss, boolean failed) ->
                failure.tell(loss.sqlState(), loss.text(server.address()), failed, lost.copying());
        };
    }
}

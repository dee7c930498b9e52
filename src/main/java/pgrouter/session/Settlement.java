package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.pool.NoPrimaryException;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.Request;
import pgrouter.routing.Traits;

/** Settles the consequences of an answered request for the next ones, and for other sessions. Client thread only. */
final class Settlement {
    private final Services services;
    private final Request request;
    private final StateTracker state;
    private final ReadFreshness freshness;
    private final SessionCommits commits;
    private final RequestRouter router;
    private final ReaderAttempt attempt;
    private final TransactionMove move;
    private final SchemaChanges changes;

    Settlement(
            Services services,
            Request request,
            StateTracker state,
            ReadFreshness freshness,
            SessionCommits commits,
            RequestRouter router,
            ReaderAttempt attempt,
            TransactionMove move,
            SchemaChanges changes) {
        this.services = services;
        this.request = request;
        this.state = state;
        this.freshness = freshness;
        this.commits = commits;
        this.router = router;
        this.attempt = attempt;
        this.move = move;
        this.changes = changes;
    }

    /**
     * @param before the transaction in which the request ran
     * @return the transaction in which the next one runs
     */
    Transaction settle(Transaction before, Relay server, Reply.Complete reply)
            throws ProtocolException, SessionException, InterruptedException {
        try {
            return settled(before, server, reply);
        } catch (NoPrimaryException e) {
            throw SessionException.fatal(
                    SqlState.CANNOT_CONNECT_NOW,
                    "terminating connection: what this session has set needs a primary; " + e.getMessage());
        }
    }

    private Transaction settled(Transaction before, Relay server, Reply.Complete reply)
            throws ProtocolException, SessionException, InterruptedException, NoPrimaryException {
        Effects shown = reply.effects();
        commits.ran(request);
        Transaction after = after(before, server, reply);
        if (server.isWriter()) {
            settleAtWriter(shown, after.isOpen());
        } else {
            settleAtReader(shown, after.isOpen());
        }
        if (after instanceof Transaction.Open open) {
            after = move.after(open, before.hasFailed(), reply);
        }
        state.finished(request, server, shown, after.isOpen());
        return after;
    }

    private Transaction after(Transaction before, Relay server, Reply.Complete reply) {
        if (reply.status() == 'I') {
            return Transaction.None.INSTANCE;
        }
        if (router.transcript().isPresent() && !server.isWriter()) {
            return new Transaction.Optimistic(server, router.transcript().get(), reply.status() == 'E');
        }
        if (before instanceof Transaction.Optimistic open) {
            return new Transaction.Optimistic(open.standby(), open.transcript(), reply.status() == 'E');
        }
        boolean isAnother = request.kind().beginsWithEnd();
        Optional<Address> unproved =
                before instanceof Transaction.Open open && !isAnother ? open.unproved() : Optional.empty();
        return new Transaction.Open(
                server,
                server.isWriter() ? Optional.empty() : opening(before, reply.effects()),
                reply.status() == 'E',
                unproved);
    }

    private Optional<Opening> opening(Transaction before, Effects shown) {
        if (!before.isOpen()) {
            return Opening.by(request, shown);
        }
        return before instanceof Transaction.Open open
                ? open.opening().map(opening -> opening.after(request, shown))
                : Optional.empty();
    }

    private void settleAtReader(Effects shown, boolean inTransaction) throws ProtocolException {
        freshness.atReader();
        boolean ownWish = (inTransaction && router.transcript().isEmpty())
                || Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION);
        if (shown.has(Effect.REFUSED) && !ownWish) {
            router.learn(attempt.fingerprint());
        }
    }

    /** The command tag of a SELECT does not show the effects of its functions. */
    private void settleAtWriter(Effects shown, boolean inTransaction) {
        boolean wrote = shown.has(Effect.WROTE) || Traits.has(request.traits(), Traits.MAY_WRITE);
        if (Traits.has(request.traits(), Traits.READS)) {
            freshness.readAtWriter();
        }
        boolean visible = freshness.atWriter(wrote, inTransaction);
        if (visible && freshness.willBeAsked(state.consistency())) {
            services.probes().requestPrimaryPosition();
        }
        changes.note(shown, request.traits());
        if (!inTransaction) {
            changes.tell();
        }
    }

    /**
     * Notes that the client has left in the middle of a request at the writer. Nothing is sent again for it, but
     * other sessions must know the changes of its request.
     */
    void settleDeserted(Relay writer, Effects until) {
        changes.note(until, request.traits());
        if (writer.isLeftAtWork() && Traits.has(request.traits(), Traits.FOR_WRITER | Traits.MAY_WRITE)) {
            changes.mayChangeCode();
        }
        changes.tell();
    }

    /**
     * Notes that the server was lost with the request on it. The primary may have committed a write.
     *
     * @param atWriter whether the primary may have the request
     * @param within whether it was a part of a transaction that an earlier request has begun
     */
    void settleLost(boolean atWriter, boolean within) {
        state.lost();
        if (atWriter && (within || Traits.has(request.traits(), Traits.WRITER | Traits.MAY_WRITE))) {
            services.writes().mayHaveHappened();
            freshness.atWriter(true, false);
        }
    }
}

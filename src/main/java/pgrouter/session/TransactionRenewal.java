package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.PrimaryWait;
import pgrouter.request.Request;
import pgrouter.request.RequestMessages;

/**
 * Opens the client's read-only transaction on another server, where its standby does not have what the next read must
 * see, or was lost. Only a transaction with an {@link Opening} can go on there. Client thread only.
 */
final class TransactionRenewal {
    private final Services services;
    private final StateTracker state;
    private final Request request;
    private final RequestMessages messages;
    private final RequestRouter router;
    private final StandbyReads reads;
    private final ReaderAttempts attempts;
    private final TransactionMove move;

    TransactionRenewal(
            Services services,
            ClientRequests client,
            StateTracker state,
            RequestRouter router,
            StandbyReads reads,
            ReaderAttempts attempts,
            TransactionMove move) {
        this.services = services;
        this.state = state;
        this.request = client.request();
        this.messages = client.messages();
        this.router = router;
        this.reads = reads;
        this.attempts = attempts;
        this.move = move;
    }

    /**
     * Returns the transaction in which the present request sees what it must see: the same one, where its standby has
     * that in time, or where no other server can go on with it.
     *
     * @throws NoPrimaryException where neither the standby has it in time, nor a primary is there
     */
    Transaction.Open fresh(Transaction.Open open) throws SessionException, InterruptedException, NoPrimaryException {
        if (!open.seesLater()) {
            reads.areDecided();
            return open;
        }
        if (!reads.mayBeThere() || reads.areFresh() || !mayMove(open)) {
            return open;
        }
        if (!open.isUntouched() && !TransactionMove.isReadCommitted(open.server())) {
            return open.ofOneSnapshot();
        }
        Address standby = open.server().address();
        PrimaryWait wait = services.waitInSession(view -> view.node(standby)
                .filter(node -> router.needed(view).isReachedBy(node))
                .isPresent());
        Optional<Relay> writer = state.writer(wait);
        if (writer.isEmpty()) {
            return open;
        }
        Optional<Transaction.Open> moved = opened(open, writer.get());
        if (moved.isPresent()) {
            move.leave(open.server());
        }
        return moved.orElseGet(open::onlyHere);
    }

    /**
     * Returns the transaction in which the present request can run, after the standby was lost with it.
     *
     * @param hasRun whether the standby may have run the request
     * @return empty where the transaction is lost
     */
    Optional<Transaction.Open> afterLoss(Transaction.Open open, Reply.Lost lost, boolean hasRun)
            throws SessionException, InterruptedException, NoPrimaryException {
        if (!request.isWhole() || lost.delivered() > 0 || lost.failed() || !mayMove(open)) {
            return Optional.empty();
        }
        reads.goElsewhere();
        Optional<Relay> another = attempts.another(open.server(), lost, hasRun);
        if (another.isPresent() && state.giveTo(another.get())) {
            return opened(open, another.get());
        }
        boolean toWriter =
                !attempts.isSuspected() && services.cluster().view().primary().isPresent();
        return toWriter ? opened(open, state.writer()) : Optional.empty();
    }

    /** Whether another server can run the present request in place of the standby. */
    private boolean mayMove(Transaction.Open open) {
        return open.canMove() && messages.startsAnew(request, 0);
    }

    private Optional<Transaction.Open> opened(Transaction.Open open, Relay server) throws InterruptedException {
        Opening opening = open.opening().orElseThrow();
        if (!server.own().run(opening.message())) {
            return Optional.empty();
        }
        boolean isOpen =
                server.transactionStatus() == 'T' && (opening.untouched() || TransactionMove.isReadCommitted(server));
        if (!isOpen) {
            server.own().undo();
            return Optional.empty();
        }
        Optional<Opening> again = server.isWriter() ? Optional.empty() : open.opening();
        return Optional.of(new Transaction.Open(server, again, false, Optional.empty()));
    }
}

package pgrouter.session;

import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.pool.NoPrimaryException;
import pgrouter.request.Request;
import pgrouter.routing.Traits;

/** The {@link Transaction} that the client is in, and the one place where it changes. Client thread only. */
final class ClientTransaction {
    private final Request request;
    private final StateTracker state;
    private final RequestRouter router;
    private final TransactionMove move;
    private final TransactionShape shape;
    private Transaction now = Transaction.None.INSTANCE;

    ClientTransaction(
            Request request, StateTracker state, RequestRouter router, TransactionMove move, TransactionShape shape) {
        this.request = request;
        this.state = state;
        this.router = router;
        this.move = move;
        this.shape = shape;
    }

    Transaction now() {
        return now;
    }

    /** Whether the client is in a transaction, as far as it knows. */
    boolean isOpen() {
        return now.isOpen();
    }

    /** Whether it runs on a standby. */
    boolean isAtReader() {
        return now instanceof Transaction.Optimistic || (now instanceof Transaction.Open open && open.isAtReader());
    }

    void becomes(Transaction next) {
        if (!(next instanceof Transaction.Optimistic)) {
            router.transcript().ifPresent(Transcript::end);
            if (now instanceof Transaction.Optimistic before) {
                before.transcript().end();
            }
        }
        if (!next.isOpen()) {
            shape.ended();
        }
        now = next;
    }

    /** A part of the request has opened a transaction on a standby, and the rest is for the primary. */
    void opensOn(Relay reader) {
        if (!isOpen()) {
            router.transcript()
                    .filter(transcript -> !transcript.requests().isEmpty())
                    .ifPresent(transcript -> becomes(new Transaction.Optimistic(reader, transcript, false)));
        }
    }

    /** Whether the present request opens an optimistic transaction, whose later requests may be there already. */
    boolean isOpenedByAll() {
        return router.transcript().isPresent() && !isOpen() && request.isWhole();
    }

    /** Returns the primary. The transaction goes on there, if it is an optimistic one. */
    Relay toWriter() throws SessionException, InterruptedException, NoPrimaryException, ConflictException {
        if (!(now instanceof Transaction.Optimistic open)) {
            return state.writer();
        }
        boolean ends = request.kind().beginsWithEnd() && !Traits.has(request.traits(), Traits.CHAINS);
        Transaction.Open moved = ends ? move.endsAtWriter(open) : move.rerun(open);
        becomes(moved);
        return moved.server();
    }

    /** The transaction could not go on on the primary. The next one, which is probably the same, begins there. */
    void conflicted() {
        shape.conflicted();
        router.avoidStandby();
    }

    /** Whether the present request leaves nothing in an optimistic transaction that another server would need. */
    boolean isOfStandby(Transaction.Optimistic open) {
        boolean fails =
                open.failed() && !Traits.has(request.traits(), Traits.CONTROLS_TRANSACTION | Traits.HINT_READER);
        return fails || request.kind().isOnlyOwnSetting();
    }

    /** Whether the client ends its transaction by a part of the present request: what follows is for the primary. */
    boolean mayGoOnAfterEnd() {
        boolean endsByPart = request.kind().beginsWithEnd() && request.end() == 0;
        return endsByPart || request.kind().goesOnAfterEnd();
    }
}

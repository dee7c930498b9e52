package pgrouter.session;

import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.protocol.SqlState;
import pgrouter.request.Request;
import pgrouter.routing.Traits;
import pgrouter.state.SessionBinding;

/** The fate of a request whose server was lost with it: it never runs a second time. */
sealed interface ServerLoss {
    /** Nothing of it ran, or it only opens a transaction: another server gets it. */
    record SentAgain() implements ServerLoss {}

    /** The client rolls back a transaction that is gone: a failed transaction answers. */
    record RolledBack() implements ServerLoss {}

    /**
     * The client gets an error.
     *
     * @param failed whether the client's transaction goes on, as one that has failed
     */
    record Told(LostRequest loss, boolean failed) implements ServerLoss {}

    /**
     * Decides the fate. Pure.
     *
     * @param within whether the request was a part of a transaction that an earlier one has begun
     * @param sent whether it was sent at all; the server may then have run it
     * @param sentBefore whether it was sent to a server that was lost before this one
     */
    static ServerLoss of(
            Request request, boolean isWriter, Reply.Lost lost, boolean within, boolean sent, boolean sentBefore) {
        boolean isKept = request.length() > 0 && !request.isTooLarge();
        boolean harmless = !sent || (request.kind().isOnlyOpening() && lost.delivered() == 0 && !sentBefore);
        if (harmless && !within && isKept) {
            return new SentAgain();
        }
        if (within && isKept && isRollback(request) && lost.delivered() == 0) {
            return new RolledBack();
        }
        boolean mayEnd = Traits.has(request.traits(), Traits.ENDS_FIRST | Traits.MULTIPLE);
        LostRequest loss = LostRequest.of(isWriter, within || request.kind().isOnlyOpening(), sent, mayEnd);
        return new Told(loss, within && !isEnd(request));
    }

    /** The effect that the client wants has happened already. */
    private static boolean isRollback(Request request) {
        return isEnd(request)
                && Traits.has(request.traits(), Traits.ROLLS_BACK)
                && !Traits.has(request.traits(), Traits.CHAINS);
    }

    /** Whether it is COMMIT or the like and nothing else: whatever its result, the transaction is over. */
    private static boolean isEnd(Request request) {
        return Traits.has(request.traits(), Traits.ENDS_FIRST)
                && !request.kind().goesOnAfterEnd();
    }

    /** @throws SessionException where the session ends with the server */
    static void endSession(Relay server, Reply.Lost lost, SessionBinding bond) throws SessionException {
        if (lost.toldClient()) {
            throw SessionException.quoting("backend " + server.address() + " has ended the session", new byte[0]);
        }
        if (lost.fault().isPresent()) {
            throw SessionException.fatal(
                    SqlState.PROTOCOL_VIOLATION, lost.fault().get().message());
        }
        if (server.isWriter() && bond.isThere()) {
            throw bond.broken(server.address());
        }
    }
}

package pgrouter.session;

import java.time.Duration;
import java.util.Optional;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Request;
import pgrouter.request.RequestMessages;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.Traits;

/**
 * Takes a request from the standby that was asked, and prepares it for the writer. The standby is left in its former
 * state, or given up. Client thread only.
 */
final class Redirect {
    /** The longest time that a standby gets to end a read in vain, while the read waits: a new connection costs less. */
    private static final long LONGEST_REST = Duration.ofSeconds(1).toNanos();

    private final Servers servers;
    private final Request request;
    private final RequestMessages messages;
    private final Catalog catalog;

    Redirect(Servers servers, Request request, RequestMessages messages, Catalog catalog) {
        this.servers = servers;
        this.request = request;
        this.messages = messages;
        this.catalog = catalog;
    }

    /** The client has the standby's answer: nothing is redirected. */
    void answered(Relay reader) {
        if (hadOtherFunctions(reader)) {
            servers.dropReader();
        }
    }

    /** The standby has refused: the writer gets the whole request. */
    void refused(Relay reader) throws InterruptedException {
        if (hadOtherFunctions(reader) || !reader.own().undo()) {
            servers.dropReader();
        }
        request.add(Traits.MAY_WRITE);
    }

    /**
     * The standby has run the request before it had replayed enough: the writer gets the whole request. The standby may
     * still be at work. It is given as long as the request might have waited, one second at most, and then it is
     * cancelled.
     *
     * @return the loss of the standby, where it was lost before it had finished
     */
    Optional<Reply.Lost> late(StandbyWait wait) throws InterruptedException {
        Relay standby = wait.standby();
        boolean isSettled = standby.own().settle(Math.min(wait.limit(), LONGEST_REST));
        Optional<Reply.Lost> loss =
                isSettled ? Optional.empty() : standby.progress().loss();
        if (hadOtherFunctions(standby) || !isSettled) {
            servers.dropReader();
        }
        return loss;
    }

    /**
     * The part after a Flush is for the writer. Where the client has nothing of the reply but the answers to Parse
     * and the like, the writer gets the whole request, else the rest of it: a read before that rest has no part in a
     * later write.
     *
     * @param delivered how many messages of the reply the client has
     */
    void withdrawn(Relay reader, int delivered) throws ProtocolException, InterruptedException {
        lookAgain(delivered);
        if (hadOtherFunctions(reader) || !isLeft(reader)) {
            servers.dropReader();
        }
        request.takenUp();
    }

    /** Functions that were not assessed may have left anything on the server. */
    private boolean hadOtherFunctions(Relay reader) {
        boolean others = reader.progress().hasOtherFunctions();
        if (others) {
            catalog.lookAgain();
        }
        return others;
    }

    /**
     * Analyzes the request again with the present knowledge of functions. Where the client was told the result
     * columns of a statement, they must be remembered, and they are kept with the statement as it was read.
     */
    private void lookAgain(int delivered) throws ProtocolException {
        if (request.isTurnedAway() || request.isTooLarge()) {
            return;
        }
        if (delivered == 0) {
            messages.again(request);
        } else {
            request.add(Traits.MAY_WRITE);
        }
    }

    private boolean isLeft(Relay reader) throws InterruptedException {
        return request.isTurnedAway() ? reader.own().finish() : reader.finishWithdrawn();
    }
}

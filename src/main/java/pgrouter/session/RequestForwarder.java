package pgrouter.session;

import java.io.IOException;
import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Turn;
import pgrouter.net.Inbox;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.MessageHeaders;
import pgrouter.request.Request;
import pgrouter.request.RequestMessages;
import pgrouter.routing.Traits;

/** Forwards the client's messages, one batch after the other, without keeping them. Client thread only. */
final class RequestForwarder {
    private static final int HEADER = MessageHeaders.LENGTH;

    private final Inbox inbox;
    private final RequestMessages messages;
    private final MessageHeaders headers;
    private final StandbyReads reads;

    RequestForwarder(Inbox inbox, RequestMessages messages, StandbyReads reads) {
        this.reads = reads;
        this.inbox = inbox;
        this.messages = messages;
        this.headers = messages.headers();
    }

    /**
     * Forwards until the server has the turn or has answered all. A request for which there is no room is left where
     * it {@link Request#exceeds}.
     *
     * @param request whose kept part is gone already
     * @param readsOnly whether to stop before a part for the writer: it is left in the inbox, as
     * {@link Request#isTurnedAway}
     * @param doubt whether that holds for a read too
     * @return false when the client has finished in the middle
     */
    boolean forward(Request request, Relay server, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        while (!request.isBrokenOff()) {
            byte endBefore = request.end();
            boolean complete = messages.batch(request, readsOnly);
            if (isSettled(server)) {
                request.unread(endBefore);
                return true;
            }
            boolean moves = readsOnly && request.length() > 0 && isForWriter(request, server, doubt);
            if (moves && server.requests().drain()) {
                messages.again(request);
                request.turnAway();
                return true;
            }
            if (request.length() > 0) {
                await(server, readsOnly);
                server.requests().send(request, inbox, 0);
                inbox.consume(request.length());
                request.consumed();
            }
            if (!server.progress().turn().isClients()) {
                return true;
            }
            if (server.progress().isFarBehind()) {
                server.requests().drain();
            }
            if (!complete && !proceed(request, server, readsOnly, doubt)) {
                return false;
            }
            if (request.isTurnedAway() || request.excess().isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** A part that is bound to a standby waits for that. */
    private void await(Relay server, boolean readsOnly) throws SessionException, InterruptedException {
        if (!readsOnly && !server.isWriter()) {
            reads.awaitForPart();
        }
    }

    /** Whether a standby's read may no longer be its own, by what is known now. */
    interface Doubt {
        boolean isThere() throws SessionException, InterruptedException;
    }

    /** A portal from before, or a transaction that may have begun here, cannot go on elsewhere. */
    private boolean isForWriter(Request request, Relay server, Doubt doubt)
            throws SessionException, InterruptedException {
        boolean checked =
                Traits.has(request.traits(), Traits.CALLS) && !Traits.has(request.traits(), Traits.HINT_READER);
        return messages.startsAnew(request, 0)
                && server.progress().turn() != Turn.CLIENT_SKIPS
                && !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION)
                && (checked || doubt.isThere());
    }

    /**
     * Leaves in the inbox, as {@link Request#isTurnedAway}, all that follows the sent part: it is for the writer.
     *
     * @return false where it cannot go on elsewhere, or must not run after an error
     */
    boolean turnAwayRest(Request request, int sent, Relay server) throws ProtocolException, InterruptedException {
        if (request.length() == sent
                || !messages.startsAnew(request, sent)
                || isSettled(server)
                || !server.requests().drain()) {
            return false;
        }
        inbox.consume(sent);
        messages.again(request, request.length() - sent);
        request.turnAway();
        return true;
    }

    /** The inbox begins with an incomplete message: waits for more of it, or forwards it in pieces. */
    private boolean proceed(Request request, Relay server, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        if (inbox.available() < HEADER && !inbox.awaitInputUnless(() -> isSettled(server))) {
            return true;
        }
        if (!inbox.await(HEADER) || headers.isTerminate(0)) {
            return false;
        }
        if (!headers.isPossible(0)) {
            return true;
        }
        int total = headers.total(0);
        boolean atOnce = total <= RequestMessages.BEGINNING
                || (MessageHeaders.isReadWhole(headers.tag(0)) && total <= RequestMessages.KEEP_LIMIT);
        return atOnce ? inbox.await(total) : inPieces(request, server, total, readsOnly, doubt);
    }

    private boolean inPieces(Request request, Relay server, int total, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        if (!inbox.await(RequestMessages.BEGINNING)) {
            return false;
        }
        if (isSettled(server)) {
            return true;
        }
        int present = Math.min(inbox.available(), total);
        try {
            messages.inspectBeginning(request, present);
        } catch (ProtocolException unreadable) {
            if (total > RequestMessages.KEEP_LIMIT) {
                throw unreadable;
            }
            return inbox.await(total);
        }
        if (request.excess().isPresent()) {
            return true;
        }
        if (readsOnly
                && isForWriter(request, server, doubt)
                && server.requests().drain()) {
            request.reset();
            request.turnAway();
            return messages.beginning(request, total);
        }
        await(server, readsOnly);
        server.requests().sendBeginning(request, inbox, present, total);
        RequestMessages.ends(request, headers.tag(0));
        inbox.consume(present);
        request.consumed();
        return messages.pieces(
                total - present, (length, continues) -> server.requests().sendRest(inbox, length, continues));
    }

    private static boolean isSettled(Relay server) {
        return server.progress().turn() == Turn.SETTLED;
    }
}

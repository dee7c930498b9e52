package pgrouter.session;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Turn;
import pgrouter.log.Log;
import pgrouter.net.Inbox;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.MessageHeaders;
import pgrouter.request.Request;
import pgrouter.request.RequestInspector;
import pgrouter.routing.Traits;

/**
 * Reads the client's messages: whole requests that are kept in the inbox until their verdict, or one after the other to be passed
 * on at once. Runs on the client thread.
 */
final class RequestReader {
    private static final Log LOG = Log.of("session");

    /** The largest request that is kept for a redirect, in bytes. What is larger goes to the writer. */
    static final int KEEP_LIMIT = 256 * 1024;

    private static final int HEADER = MessageHeaders.LENGTH;

    /** Of a message that is not kept, so much is read at once: the names in it stand at its beginning. */
    private static final int BEGINNING = 4 * 1024;

    private final Inbox inbox;
    private final MessageHeaders headers;
    private final RequestInspector inspector;

    RequestReader(Inbox inbox, RequestInspector inspector) {
        this.inbox = inbox;
        this.headers = new MessageHeaders(inbox);
        this.inspector = inspector;
    }

    /**
     * Waits for the next request and reads it, up to its end, the first Flush or a pause, or as much of it as can be kept.
     *
     * @return false when the client has finished: Terminate, the end of the stream, or a length that cannot be
     */
    boolean next(Request request) throws IOException {
        request.reset();
        inspector.begin();
        return dropStrayCopy() && read(request, 0);
    }

    /**
     * Reads on after a Flush or a pause, up to the next one.
     *
     * @param over whether what was read before has an outcome already: then nothing is awaited
     */
    boolean more(Request request, BooleanSupplier over) throws IOException {
        int since = request.length();
        while (!request.isBrokenOff() && inbox.available() < since + needed(since)) {
            if (!inbox.awaitInputUnless(over)) {
                return true;
            }
            if (inbox.fillNow(since + needed(since)) < 0) {
                return false;
            }
        }
        return read(request, since);
    }

    /** Whether more than its end was read since so much of it was sent. */
    boolean goesOn(Request request, int sent) {
        return request.length() > sent && tagAt(sent) != FrontendTag.SYNC;
    }

    /** Reads on after a pause, whatever other pauses come, up to the end or the first Flush. */
    boolean whole(Request request) throws IOException {
        while (request.isPaused()) {
            if (!read(request, request.length())) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes of the message at an offset must be there before anything can be done about it. */
    private int needed(int start) throws ProtocolException {
        if (inbox.available() < start + HEADER || headers.isTerminate(start) || !headers.isPossible(start)) {
            return HEADER;
        }
        int total = totalAt(start);
        return start + total > KEEP_LIMIT ? HEADER : total;
    }

    /**
     * Messages that go on with a portal stay on the pipe: those after them are read by themselves, as after a pause, and may go elsewhere.
     *
     * @param since what of it was dealt with before: a pause right after that is none
     */
    private boolean read(Request request, int since) throws IOException {
        request.pause(false);
        request.readsOn();
        while (!request.isBrokenOff()) {
            int start = request.length();
            if (!arrives(request, since, start + HEADER)) {
                return request.isPaused();
            }
            if (headers.isTerminate(start)) {
                return false;
            }
            if (!headers.isPossible(start)) {
                return breaksOff(request);
            }
            int total = totalAt(start);
            if (start + total > KEEP_LIMIT) {
                return beginning(request, total);
            }
            if (request.isOfManyStatements()) {
                request.markTooLarge();
                return true;
            }
            if (!arrives(request, since, start + total)) {
                return request.isPaused();
            }
            if (isApart(request, since, start)) {
                request.pause(true);
                return true;
            }
            if (!inspect(request, total) || givesTurn(tagAt(start))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The header of a message that cannot be one is kept: the server itself answers it, after what came before. Of a length that cannot
     * be it says nothing, so that nobody has to be asked about that alone.
     *
     * @return false where that is all that the client has said
     */
    private boolean breaksOff(Request request) {
        LOG.info("broke the protocol: " + headers.violation(request.length()).getMessage());
        boolean isAlone = request.length() == 0 && !headers.isOfUnknownType(0);
        breakOff(request);
        return !isAlone;
    }

    private void breakOff(Request request) {
        int start = request.length();
        request.add(Traits.WRITER);
        request.breakOff(
                HEADER, headers.isOfUnknownType(start) ? Optional.of(headers.violation(start)) : Optional.empty());
    }

    private boolean isApart(Request request, int since, int start) {
        return since > 0 && start > since && startsAnew(request, start) && !startsAnew(request, since);
    }

    /**
     * Waits until so many bytes are there, or the client pauses after a message.
     *
     * @return false where they are not there: in a pause, or at the end of the stream
     */
    private boolean arrives(Request request, int since, int count) throws IOException {
        while (inbox.available() < count) {
            if (request.length() == since) {
                return inbox.await(count);
            }
            int come = inbox.fillNow(count);
            if (come <= 0) {
                request.pause(come == 0);
                return false;
            }
        }
        return true;
    }

    /**
     * Passes on what the client sends, without keeping it, until the backend has the turn or has answered all.
     *
     * @param request what was kept of it is gone already
     * @param readsOnly whether to stop before what is for the writer: it is left in the inbox, as {@link Request#isTurnedAway}
     * <p>A request for which there is no room is left where it {@link Request#exceeds}.
     *
     * @param doubt whether that holds for a read too
     * @return false when the client has finished in the middle
     */
    boolean forward(Request request, Relay pipe, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        while (!request.isBrokenOff()) {
            byte endBefore = request.end();
            boolean complete = batch(request, readsOnly);
            if (isSettled(pipe)) {
                request.unread(endBefore);
                return true;
            }
            boolean moves = readsOnly && request.length() > 0 && isForWriter(request, pipe, doubt);
            if (moves && pipe.drain()) {
                again(request);
                request.turnAway();
                return true;
            }
            if (request.length() > 0) {
                pipe.send(request, inbox, 0);
                inbox.consume(request.length());
                request.consumed();
            }
            if (!pipe.turn().isClients()) {
                return true;
            }
            if (pipe.isFarBehind()) {
                pipe.drain();
            }
            if (!complete && !proceed(request, pipe, readsOnly, doubt)) {
                return false;
            }
            if (request.isTurnedAway() || request.excess().isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whether what a standby was to read may no longer be its own, by what is known now. */
    interface Doubt {
        boolean isThere() throws SessionException, InterruptedException;
    }

    /** A portal of before, or a transaction that may have begun here, cannot go on elsewhere. */
    private boolean isForWriter(Request request, Relay pipe, Doubt doubt)
            throws SessionException, InterruptedException {
        boolean checked =
                Traits.has(request.traits(), Traits.CALLS) && !Traits.has(request.traits(), Traits.HINT_READER);
        return startsAnew(request, 0)
                && pipe.turn() != Turn.CLIENT_SKIPS
                && !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION)
                && (checked || Traits.has(request.traits(), Traits.WRITER) || doubt.isThere());
    }

    /** What is known to be malformed is answered by any server alike: also by the one that has begun. */
    private boolean startsAnew(Request request, int start) {
        if (request.isMalformed(start) || !headers.isPossible(start)) {
            return false;
        }
        return switch (tagAt(start)) {
            case FrontendTag.PARSE, FrontendTag.BIND, FrontendTag.QUERY -> true;
            case FrontendTag.DESCRIBE -> headers.hasBody(start) && inbox.byteAt(start + HEADER) == 'S';
            default -> false;
        };
    }

    /**
     * Leaves in the inbox, as {@link Request#isTurnedAway}, all that follows what was sent: it is for the writer.
     *
     * @return false where it cannot go on elsewhere, or is not to be run after an error
     */
    boolean turnAwayRest(Request request, int sent, Relay pipe) throws ProtocolException, InterruptedException {
        if (request.length() == sent || !startsAnew(request, sent) || isSettled(pipe) || !pipe.drain()) {
            return false;
        }
        inbox.consume(sent);
        again(request, request.length() - sent);
        request.turnAway();
        return true;
    }

    /** Looks at what is in the inbox as at a request of its own. */
    void again(Request request) throws ProtocolException {
        again(request, request.length());
    }

    private void again(Request request, int length) throws ProtocolException {
        boolean paused = request.isPaused();
        Optional<ErrorResponse> excess = request.excess();
        request.reset();
        request.pause(paused);
        boolean fits = true;
        while (fits && request.length() < length) {
            if (headers.isPossible(request.length())) {
                fits = inspect(request, totalAt(request.length()));
            } else {
                breakOff(request);
            }
        }
        excess.ifPresent(request::exceeds);
    }

    /**
     * Takes the messages that are complete in the inbox, up to the first that gives the turn or ends a COPY.
     *
     * @param apart whether what goes on with a portal is to be taken without what follows
     * @return whether it stopped at such a message, or at what is none
     */
    private boolean batch(Request request, boolean apart) throws ProtocolException {
        while (inbox.available() >= request.length() + HEADER) {
            int start = request.length();
            if (headers.isTerminate(start)) {
                return false;
            }
            if (!headers.isPossible(start)) {
                breaksOff(request);
                return true;
            }
            int total = totalAt(start);
            if (inbox.available() < start + total) {
                return false;
            }
            boolean isOther = apart && start > 0 && startsAnew(request, start) && !startsAnew(request, 0);
            if (isOther || request.isOfManyStatements()) {
                return false;
            }
            if (!inspect(request, total) || givesTurn(tagAt(start)) || endsCopy(tagAt(start))) {
                return true;
            }
        }
        return false;
    }

    /** What follows the end of a COPY may be a new request already: only its outcome tells. */
    private static boolean endsCopy(byte tag) {
        return tag == FrontendTag.COPY_DONE || tag == FrontendTag.COPY_FAIL;
    }

    /** The inbox begins with an incomplete message: waits for more of it, or passes it on in pieces. */
    private boolean proceed(Request request, Relay pipe, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        if (inbox.available() < HEADER && !inbox.awaitInputUnless(() -> isSettled(pipe))) {
            return true;
        }
        if (!inbox.await(HEADER) || headers.isTerminate(0)) {
            return false;
        }
        if (!headers.isPossible(0)) {
            return true;
        }
        int total = totalAt(0);
        boolean atOnce = total <= BEGINNING || (isReadWhole(tagAt(0)) && total <= KEEP_LIMIT);
        return atOnce ? inbox.await(total) : inPieces(request, pipe, total, readsOnly, doubt);
    }

    /** SQL is read whole where it can be: for its traits, and to parse it again on another pipe. So is what is never large. */
    private static boolean isReadWhole(byte tag) {
        return switch (tag) {
            case FrontendTag.BIND, FrontendTag.FUNCTION_CALL, FrontendTag.COPY_DATA -> false;
            default -> true;
        };
    }

    private boolean inPieces(Request request, Relay pipe, int total, boolean readsOnly, Doubt doubt)
            throws IOException, SessionException, InterruptedException {
        if (!inbox.await(BEGINNING)) {
            return false;
        }
        if (isSettled(pipe)) {
            return true;
        }
        int present = Math.min(inbox.available(), total);
        try {
            inspector.inspectBeginning(request, inbox.array(), inbox.arrayOffset(0), inbox.arrayOffset(present));
        } catch (ProtocolException unreadable) {
            if (total > KEEP_LIMIT) {
                throw unreadable;
            }
            return inbox.await(total);
        }
        if (request.excess().isPresent()) {
            return true;
        }
        if (readsOnly && isForWriter(request, pipe, doubt) && pipe.drain()) {
            request.reset();
            request.turnAway();
            return beginning(request, total);
        }
        pipe.sendBeginning(request, inbox, present, total);
        ends(request, tagAt(0));
        inbox.consume(present);
        request.consumed();
        return pieces(total - present, (length, continues) -> pipe.sendRest(inbox, length, continues));
    }

    /** Takes a part of a message that has not been read, as it comes. */
    private interface Piece {
        void take(int length, boolean continues);
    }

    private boolean pieces(int length, Piece piece) throws IOException {
        int left = length;
        while (left > 0) {
            if (inbox.available() == 0 && !inbox.fill(0)) {
                return false;
            }
            int present = Math.min(inbox.available(), left);
            left -= present;
            piece.take(present, left > 0);
            inbox.consume(present);
        }
        return true;
    }

    /** What the message refers to is noted when it is sent; here only its traits count. */
    private boolean beginning(Request request, int total) throws IOException {
        int start = request.length();
        int present = start + Math.min(total, BEGINNING);
        if (!inbox.await(present)) {
            return false;
        }
        request.markTooLarge();
        Set<String> before = Set.copyOf(request.references());
        try {
            inspector.inspectBeginning(request, inbox.array(), inbox.arrayOffset(start), inbox.arrayOffset(present));
        } catch (ProtocolException unreadable) {
            if (total > KEEP_LIMIT) {
                throw unreadable;
            }
        }
        request.references().retainAll(before);
        return true;
    }

    /** @return false where there is no room for it: it stays in the inbox, and the request fails */
    private boolean inspect(Request request, int total) throws ProtocolException {
        int start = request.length();
        inspector.inspect(request, inbox.array(), inbox.arrayOffset(start), inbox.arrayOffset(start + total));
        if (request.excess().isPresent()) {
            return false;
        }
        request.append(total);
        ends(request, tagAt(start));
        return true;
    }

    private static void ends(Request request, byte tag) {
        if (givesTurn(tag) && tag != FrontendTag.FLUSH) {
            request.endsWith(tag);
        }
    }

    /**
     * Reads the rest of a request that has failed, and drops all of it.
     *
     * @param copying whether the Sync that was seen was taken for copy data
     * @return false when the client has left
     */
    boolean finish(Request request, boolean copying) throws IOException {
        inbox.consume(request.length());
        request.consumed();
        byte end = request.end();
        boolean ended = end != 0 && !(copying && end == FrontendTag.SYNC);
        return ended || dropToEnd(request.isEmpty() || request.excess().isPresent());
    }

    /**
     * After an error of the extended protocol only a Sync counts.
     *
     * @param alone whether the first message that is dropped has the error: it may be the end itself
     */
    private boolean dropToEnd(boolean alone) throws IOException {
        boolean first = alone;
        while (inbox.await(HEADER)) {
            byte tag = tagAt(0);
            boolean isEnd = headers.isTerminate(0) || (!headers.isPossible(0) && !headers.isOfUnknownType(0));
            if (isEnd || !pieces(totalAt(0), (length, continues) -> {})) {
                return false;
            }
            if (tag == FrontendTag.SYNC || (first && givesTurn(tag) && tag != FrontendTag.FLUSH)) {
                return true;
            }
            first = false;
        }
        return false;
    }

    /** Copy data that comes after the COPY has failed already: PostgreSQL ignores it ({@code PostgresMain} in postgres.c). */
    private boolean dropStrayCopy() throws IOException {
        while (inbox.await(HEADER)) {
            byte tag = tagAt(0);
            if (!headers.isPossible(0) || (tag != FrontendTag.COPY_DATA && !endsCopy(tag))) {
                return true;
            }
            if (!pieces(totalAt(0), (length, continues) -> {})) {
                return false;
            }
        }
        return false;
    }

    private static boolean isSettled(Relay pipe) {
        return pipe.turn() == Turn.SETTLED;
    }

    private byte tagAt(int offset) {
        return headers.tag(offset);
    }

    private int totalAt(int offset) throws ProtocolException {
        return headers.total(offset);
    }

    private static boolean givesTurn(byte tag) {
        return switch (tag) {
            case FrontendTag.QUERY, FrontendTag.FUNCTION_CALL, FrontendTag.SYNC, FrontendTag.FLUSH -> true;
            default -> false;
        };
    }
}

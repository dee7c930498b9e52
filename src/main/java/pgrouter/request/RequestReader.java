package pgrouter.request;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;

/** Reads the client's requests. They stay in the inbox until it is certain that no other server needs them. Client thread only. */
public final class RequestReader {
    private static final int HEADER = MessageHeaders.LENGTH;

    private final Inbox inbox;
    private final RequestMessages messages;
    private final MessageHeaders headers;

    public RequestReader(Inbox inbox, RequestMessages messages) {
        this.inbox = inbox;
        this.messages = messages;
        this.headers = messages.headers();
    }

    /**
     * Waits for the next request and reads it, up to its end, the first Flush or a pause, or as much of it as can be
     * kept.
     *
     * @return false when the client has finished: Terminate, the end of the stream, or an impossible length
     */
    public boolean next(Request request) throws IOException {
        request.reset();
        messages.begin();
        return dropStrayCopy() && read(request, 0);
    }

    /**
     * Reads on after a Flush or a pause, up to the next one.
     *
     * @param over whether what was read before has an outcome already: then the reader does not wait
     */
    public boolean more(Request request, BooleanSupplier over) throws IOException {
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

    /** Whether more than its end was read since this much of it was sent. */
    public boolean goesOn(Request request, int sent) {
        return request.length() > sent && headers.tag(sent) != FrontendTag.SYNC;
    }

    /** Reads on after a pause, ignoring further pauses, up to the end or the first Flush. */
    public boolean whole(Request request) throws IOException {
        while (request.isPaused()) {
            if (!read(request, request.length())) {
                return false;
            }
        }
        return true;
    }

    /** The number of bytes of the message at an offset that must have arrived before it can be dealt with. */
    private int needed(int start) throws ProtocolException {
        if (inbox.available() < start + HEADER || headers.isTerminate(start) || !headers.isPossible(start)) {
            return HEADER;
        }
        int total = headers.total(start);
        return start + total > RequestMessages.KEEP_LIMIT ? HEADER : total;
    }

    /**
     * Reads on. Messages that go on with a portal stay on the server connection. Those after them are read by
     * themselves, as after a pause, and may go elsewhere.
     *
     * @param since the part that was dealt with before: a pause right after it does not count
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
                return messages.breaksOff(request);
            }
            int total = headers.total(start);
            if (start + total > RequestMessages.KEEP_LIMIT) {
                return messages.beginning(request, total);
            }
            if (request.statements().areMany()) {
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
            if (!messages.inspect(request, total) || MessageHeaders.givesTurn(headers.tag(start))) {
                return true;
            }
        }
        return false;
    }

    private boolean isApart(Request request, int since, int start) {
        return since > 0
                && start > since
                && messages.startsAnew(request, start)
                && !messages.startsAnew(request, since);
    }

    /**
     * Waits until this many bytes have arrived, or the client pauses after a message.
     *
     * @return false where they have not: in a pause, or at the end of the stream
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
     * Reads the rest of a request that has failed, and drops all of it.
     *
     * @param copying whether the Sync that was seen was taken for copy data
     * @return false when the client has left
     */
    public boolean finish(Request request, boolean copying) throws IOException {
        inbox.consume(request.length());
        request.consumed();
        byte end = request.end();
        boolean ended = end != 0 && !(copying && end == FrontendTag.SYNC);
        return ended || dropToEnd(request.isEmpty() || request.excess().isPresent());
    }

    /**
     * Drops messages up to the Sync: after an error of the extended protocol nothing else counts.
     *
     * @param alone whether the first message that is dropped has the error: it may be the end itself
     */
    private boolean dropToEnd(boolean alone) throws IOException {
        boolean first = alone;
        while (inbox.await(HEADER)) {
            byte tag = headers.tag(0);
            boolean isEnd = headers.isTerminate(0) || (!headers.isPossible(0) && !headers.isOfUnknownType(0));
            if (isEnd || !messages.pieces(headers.total(0), (length, continues) -> {})) {
                return false;
            }
            if (tag == FrontendTag.SYNC || (first && MessageHeaders.givesTurn(tag) && tag != FrontendTag.FLUSH)) {
                return true;
            }
            first = false;
        }
        return false;
    }

    /** Drops copy data that arrives after the COPY has failed: PostgreSQL ignores it ({@code PostgresMain} in postgres.c). */
    private boolean dropStrayCopy() throws IOException {
        while (inbox.await(HEADER)) {
            byte tag = headers.tag(0);
            if (!headers.isPossible(0) || (tag != FrontendTag.COPY_DATA && !MessageHeaders.endsCopy(tag))) {
                return true;
            }
            if (!messages.pieces(headers.total(0), (length, continues) -> {})) {
                return false;
            }
        }
        return false;
    }
}

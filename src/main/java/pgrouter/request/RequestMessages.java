package pgrouter.request;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import pgrouter.log.Log;
import pgrouter.net.Inbox;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.Traits;

/**
 * Takes the client's messages at the head of its inbox into a request, each as far as {@link RequestAnalyzer} has to
 * see it. Client thread only.
 */
public final class RequestMessages {
    private static final Log LOG = Log.of("session");

    /** The largest request that is kept for a redirect, in bytes. Larger ones go to the writer. */
    public static final int KEEP_LIMIT = 256 * 1024;

    /** The number of bytes that are read at once of a message that is not kept: the names in it are at its beginning. */
    public static final int BEGINNING = 4 * 1024;

    private static final int HEADER = MessageHeaders.LENGTH;

    private final Inbox inbox;
    private final MessageHeaders headers;
    private final RequestAnalyzer analyzer;

    public RequestMessages(Inbox inbox, RequestAnalyzer analyzer) {
        this.inbox = inbox;
        this.headers = new MessageHeaders(inbox);
        this.analyzer = analyzer;
    }

    public MessageHeaders headers() {
        return headers;
    }

    /** Begins a request. */
    void begin() {
        analyzer.begin();
    }

    /** @return false where there is no room for it: it stays in the inbox, and the request fails */
    boolean inspect(Request request, int total) throws ProtocolException {
        int start = request.length();
        analyzer.inspect(request, inbox.array(), inbox.arrayOffset(start), inbox.arrayOffset(start + total));
        if (request.excess().isPresent()) {
            return false;
        }
        request.append(total);
        ends(request, headers.tag(start));
        return true;
    }

    /** Notes the end of a request where this message ends it. */
    public static void ends(Request request, byte tag) {
        if (MessageHeaders.givesTurn(tag) && tag != FrontendTag.FLUSH) {
            request.endsWith(tag);
        }
    }

    /**
     * Takes the beginning of a message that is not kept. The names in it are noted when it is sent; here only its
     * traits count.
     *
     * @return false where the client has left within it
     */
    public boolean beginning(Request request, int total) throws IOException {
        int start = request.length();
        int present = start + Math.min(total, BEGINNING);
        if (!inbox.await(present)) {
            return false;
        }
        request.markTooLarge();
        Set<String> before = Set.copyOf(request.statements().references());
        try {
            analyzer.inspectBeginning(request, inbox.array(), inbox.arrayOffset(start), inbox.arrayOffset(present));
        } catch (ProtocolException unreadable) {
            if (total > KEEP_LIMIT) {
                throw unreadable;
            }
        }
        request.statements().references().retainAll(before);
        return true;
    }

    /**
     * Inspects the beginning of the message at the head of the inbox, of which this many bytes are present.
     *
     * @throws ProtocolException where PostgreSQL could not read it either
     */
    public void inspectBeginning(Request request, int present) throws ProtocolException {
        analyzer.inspectBeginning(request, inbox.array(), inbox.arrayOffset(0), inbox.arrayOffset(present));
    }

    /**
     * Keeps the header of a message that is not possible: the server itself answers it, after the messages before it.
     * An impossible length gets no answer, so no server has to be asked about that alone.
     *
     * @return false where that is all that the client has sent
     */
    boolean breaksOff(Request request) {
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

    /** Inspects the bytes in the inbox as a request of its own. */
    public void again(Request request) throws ProtocolException {
        again(request, request.length());
    }

    /** The same for this many bytes. */
    public void again(Request request, int length) throws ProtocolException {
        boolean paused = request.isPaused();
        Optional<ErrorResponse> excess = request.excess();
        request.reset();
        request.pause(paused);
        boolean fits = true;
        while (fits && request.length() < length) {
            if (headers.isPossible(request.length())) {
                fits = inspect(request, headers.total(request.length()));
            } else {
                breakOff(request);
            }
        }
        excess.ifPresent(request::exceeds);
    }

    /**
     * Takes the messages that are complete in the inbox, up to the first that gives the turn or ends a COPY.
     *
     * @param apart whether messages that go on with a portal are to be taken without those after them
     * @return whether it stopped at such a message, or at a header that is not possible
     */
    public boolean batch(Request request, boolean apart) throws ProtocolException {
        while (inbox.available() >= request.length() + HEADER) {
            int start = request.length();
            if (headers.isTerminate(start)) {
                return false;
            }
            if (!headers.isPossible(start)) {
                breaksOff(request);
                return true;
            }
            int total = headers.total(start);
            if (inbox.available() < start + total) {
                return false;
            }
            boolean isOther = apart && start > 0 && startsAnew(request, start) && !startsAnew(request, 0);
            if (isOther || request.statements().areMany()) {
                return false;
            }
            if (!inspect(request, total)
                    || MessageHeaders.givesTurn(headers.tag(start))
                    || MessageHeaders.endsCopy(headers.tag(start))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the message at this offset may go to another server than those before it. A malformed message gets the
     * same answer from any server, also from the one on which the request has begun.
     */
    public boolean startsAnew(Request request, int start) {
        if (request.isMalformed(start) || !headers.isPossible(start)) {
            return false;
        }
        return switch (headers.tag(start)) {
            case FrontendTag.PARSE, FrontendTag.BIND, FrontendTag.QUERY -> true;
            case FrontendTag.DESCRIBE -> headers.hasBody(start) && inbox.byteAt(start + HEADER) == 'S';
            default -> false;
        };
    }

    /** Takes a part of a message that has not been read, as it arrives. */
    public interface Piece {
        void take(int length, boolean continues);
    }

    /**
     * Hands over this many bytes of a message as they arrive.
     *
     * @return false where the client has left within it
     */
    public boolean pieces(int length, Piece piece) throws IOException {
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
}

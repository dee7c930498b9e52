package pgrouter.request;

import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;

/**
 * The headers of the messages in the client's inbox, as PostgreSQL takes them ({@code SocketBackend} in postgres.c, {@code pq_getmessage}
 * in pqcomm.c). They must have arrived. Used by the client thread.
 */
public final class MessageHeaders {
    /** Type and length field, in bytes. */
    public static final int LENGTH = 5;

    private final Inbox inbox;

    public MessageHeaders(Inbox inbox) {
        this.inbox = inbox;
    }

    public byte tag(int offset) {
        return inbox.byteAt(offset);
    }

    public boolean isTerminate(int offset) {
        return tag(offset) == FrontendTag.TERMINATE;
    }

    public boolean hasBody(int offset) {
        return inbox.intAt(offset + 1) > 4;
    }

    /** Whether a message can begin so. After one that cannot, nobody can tell where another begins. */
    public boolean isPossible(int offset) {
        int length = inbox.intAt(offset + 1);
        return length >= 4 && length <= FrontendTag.maximumLength(tag(offset));
    }

    /** Whether that is for its type, of which PostgreSQL says so; of a length that cannot be it says nothing. */
    public boolean isOfUnknownType(int offset) {
        return FrontendTag.maximumLength(tag(offset)) == 0;
    }

    /**
     * The length of the message with its type.
     *
     * @throws ProtocolException where it is not possible
     */
    public int total(int offset) throws ProtocolException {
        if (!isPossible(offset)) {
            throw violation(offset);
        }
        return 1 + inbox.intAt(offset + 1);
    }

    /** What is wrong with one that is not possible: of its type in the words of PostgreSQL. */
    public ProtocolException violation(int offset) {
        int tag = tag(offset) & 0xff;
        return new ProtocolException(
                isOfUnknownType(offset)
                        ? "invalid frontend message type " + tag
                        : "invalid message length " + inbox.intAt(offset + 1) + " of frontend message type " + tag);
    }

    /** Whether a message of this type gives the server the turn. */
    public static boolean givesTurn(byte tag) {
        return switch (tag) {
            case FrontendTag.QUERY, FrontendTag.FUNCTION_CALL, FrontendTag.SYNC, FrontendTag.FLUSH -> true;
            default -> false;
        };
    }

    /** What follows the end of a COPY may be a new request already: only its outcome tells. */
    public static boolean endsCopy(byte tag) {
        return tag == FrontendTag.COPY_DONE || tag == FrontendTag.COPY_FAIL;
    }

    /** SQL is read whole where it can be: for its traits, and to parse it again on another pipe. So is what is never large. */
    public static boolean isReadWhole(byte tag) {
        return switch (tag) {
            case FrontendTag.BIND, FrontendTag.FUNCTION_CALL, FrontendTag.COPY_DATA -> false;
            default -> true;
        };
    }
}

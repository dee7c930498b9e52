package pgrouter.request;

import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;

/**
 * The headers of the messages in the client's inbox, as PostgreSQL reads them ({@code SocketBackend} in postgres.c,
 * {@code pq_getmessage} in pqcomm.c). They must have arrived. Client thread only.
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

    /** Whether a message can begin with this header. After one that cannot, the start of the next message is unknown. */
    public boolean isPossible(int offset) {
        int length = inbox.intAt(offset + 1);
        return length >= 4 && length <= FrontendTag.maximumLength(tag(offset));
    }

    /** Whether its type is the reason, which PostgreSQL reports; it does not report an impossible length. */
    public boolean isOfUnknownType(int offset) {
        return FrontendTag.maximumLength(tag(offset)) == 0;
    }

    /**
     * The length of the message with its type.
     *
     * @throws ProtocolException where the length is not possible
     */
    public int total(int offset) throws ProtocolException {
        if (!isPossible(offset)) {
            throw violation(offset);
        }
        return 1 + inbox.intAt(offset + 1);
    }

    /** The violation in a header that is not possible; for the type in the words of PostgreSQL. */
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

    /** Whether a message of this type ends a COPY. A new request may follow it: only the outcome of the COPY tells. */
    public static boolean endsCopy(byte tag) {
        return tag == FrontendTag.COPY_DONE || tag == FrontendTag.COPY_FAIL;
    }

    /**
     * Whether messages of this type are read whole if possible: SQL, for its traits and to parse it again on another
     * server connection, and messages that are never large.
     */
    public static boolean isReadWhole(byte tag) {
        return switch (tag) {
            case FrontendTag.BIND, FrontendTag.FUNCTION_CALL, FrontendTag.COPY_DATA -> false;
            default -> true;
        };
    }
}

package pgrouter.exchange;

import pgrouter.client.ClientEnd;
import pgrouter.client.ClientGoneException;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * The messages of a server from their arrival until the client gets them, or they are dropped. Used by the thread that
 * reads.
 *
 * <p>Bodies are not read, but for the few that decide something. A reply that is kept stays in the inbox until the
 * verdict, so that it is then released, or dropped, at once. A message larger than the inbox is forwarded in pieces.
 */
final class ReplyBuffer {
    private static final int HEADER = ReplyMessages.HEADER;

    /** {@code MaxAllocSize}: PostgreSQL cannot build a larger message. */
    private static final int MAXIMUM_LENGTH = 0x3fffffff;

    private static final String CHANGED =
            "could not serialize access: a function was replaced while a standby ran it; try again";

    private final ServerLink link;
    private final Inbox inbox;
    private final Exchange exchange;
    private final ReplyMessages messages;
    private final ClientEnd client;

    /** The offset up to which all was scanned; dropped messages before it are gone. */
    private int scanned;

    /** The bytes of the present message that have not arrived. */
    private int bodyLeft;

    /** Whether the client is to see the present message. */
    private boolean passing;

    /** The start of the present message; negative where the client already has a part of it. */
    private int messageStart;

    /** The start of the end of the reply that waits for a {@link Verification}; negative while there is none. */
    private int heldFrom = -1;

    ReplyBuffer(ServerLink link, Exchange exchange, ReplyMessages messages, ClientEnd client) {
        this.link = link;
        this.inbox = link.connection().inbox();
        this.exchange = exchange;
        this.messages = messages;
        this.client = client;
    }

    /** Whether all that has arrived was released or dropped, and was whole. */
    boolean isEmpty() {
        return inbox.available() == 0 && bodyLeft == 0;
    }

    /** Whether the last message has not arrived as a whole. */
    boolean isWithinMessage() {
        return bodyLeft > 0;
    }

    /** Handles every message that has arrived far enough. Needs the lock of the exchange. */
    void scan() throws ProtocolException {
        while (body()) {
            if (messages.isReplacing() || inbox.available() - scanned < HEADER) {
                return;
            }
            byte tag = inbox.byteAt(scanned);
            int length = inbox.intAt(scanned + 1);
            if (length < 4 || length > MAXIMUM_LENGTH || (tag == BackendTag.READY_FOR_QUERY && length != 5)) {
                throw new ProtocolException("a message of " + length + " bytes");
            }
            if (inbox.available() - scanned < ReplyMessages.needed(tag, length)) {
                return;
            }
            messageStart = scanned;
            passing = messages.take(tag, scanned, Math.min(1 + length, inbox.available() - scanned));
            if (passing) {
                holdEnd(tag);
            }
            bodyLeft = 1 + length;
        }
    }

    /** The end of a reply is the part that only the next ReadyForQuery follows. */
    private void holdEnd(byte tag) {
        switch (tag) {
            case BackendTag.NOTICE_RESPONSE, BackendTag.PARAMETER_STATUS -> {}
            case BackendTag.COMMAND_COMPLETE,
                    BackendTag.EMPTY_QUERY_RESPONSE,
                    BackendTag.PORTAL_SUSPENDED,
                    BackendTag.ERROR_RESPONSE,
                    BackendTag.READY_FOR_QUERY ->
                heldFrom = heldFrom < 0 && exchange.reply().verification().isPending() ? scanned : heldFrom;
            default -> heldFrom = -1;
        }
    }

    /**
     * Skips the present message as far as it has arrived.
     *
     * @return whether its end was reached
     */
    private boolean body() {
        int here = Math.min(bodyLeft, inbox.available() - scanned);
        if (here > 0 && exchange.descriptions().isReading()) {
            exchange.descriptions().read(inbox.array(), inbox.arrayOffset(scanned), here, here == bodyLeft);
        }
        if (here > 0 && exchange.digest().isReading()) {
            exchange.digest().read(inbox.array(), inbox.arrayOffset(scanned), here, here == bodyLeft);
        }
        if (passing) {
            scanned += here;
        } else if (here > 0) {
            if (exchange.isListening()) {
                exchange.hear(inbox.array(), inbox.arrayOffset(scanned), here);
            }
            inbox.cut(scanned, here);
        }
        bodyLeft -= here;
        if (bodyLeft == 0) {
            messageStart = scanned;
        }
        return bodyLeft == 0;
    }

    /** The end of the reply does not wait for a {@link Verification} any more. */
    void holdsNothing() {
        heldFrom = -1;
    }

    /** Writes the scanned part: whole messages, and a part of one only where the inbox has no room for it. */
    void release() throws ClientGoneException {
        boolean inPieces = bodyLeft > 0 && passing && (messageStart < 0 || !inbox.hasRoom(0));
        int whole = bodyLeft > 0 && passing && !inPieces ? messageStart : scanned;
        int ready = heldFrom < 0 ? whole : Math.min(whole, heldFrom);
        if (ready > 0) {
            write(ready, inPieces);
            inbox.consume(ready);
            scanned -= ready;
            messageStart = inPieces ? -1 : messageStart - ready;
            heldFrom = heldFrom < 0 ? -1 : heldFrom - ready;
        }
    }

    private void write(int length, boolean continues) throws ClientGoneException {
        if (!link.isLeft()) {
            client.write(inbox.view(0, length), continues);
        }
    }

    /** The client has a part of the reply, which must not count: an error replaces its end. */
    void endOtherwise() throws ClientGoneException {
        inbox.cut(heldFrom, scanned - heldFrom);
        scanned = heldFrom;
        messageStart = heldFrom;
        heldFrom = -1;
        release();
        if (!link.isLeft()) {
            client.write(
                    ErrorResponse.error(SqlState.SERIALIZATION_FAILURE, CHANGED).encode());
            client.write(BackendMessage.readyForQuery((byte) 'I'));
        }
    }

    /** Drops all that is there, and the rest of a message that has not arrived. */
    void drop() {
        heldFrom = -1;
        inbox.consume(scanned);
        scanned = 0;
        messageStart = 0;
        passing = false;
    }
}

package pgrouter.exchange;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientGoneException;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * Reads the messages of one server and forwards them. One thread reads at a time, as {@link ReadHandoff} decides.
 *
 * <p>Bodies are not read, but for the few that decide something. A reply that is kept stays in the inbox until the
 * verdict, so that it is then released, or dropped, at once. A message larger than the inbox is forwarded in pieces.
 */
final class ReplyReader implements ReadHandoff.Reader {
    private static final int HEADER = ReplyMessages.HEADER;

    /** {@code MaxAllocSize}: PostgreSQL cannot build a larger message. */
    private static final int MAXIMUM_LENGTH = 0x3fffffff;

    private static final String CHANGED =
            "could not serialize access: a function was replaced while a standby ran it; try again";

    /** A way to read; constant, so that a request allocates none. */
    private interface Reading {
        /** @return whether the connection is open after it */
        boolean of(ReplyReader reader) throws IOException, ClientGoneException;
    }

    private final ServerLink link;
    private final Inbox inbox;
    private final Exchange exchange;
    private final ReplyMessages messages;
    private final ReadHandoff handoff;
    private final ConnectionEnd ending;
    private final SessionContext session;
    private final ClusterContext cluster;
    private final ClientEnd client;
    private final BackendCounters counters;

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

    private boolean retiring;
    private volatile boolean retired;

    ReplyReader(
            ServerLink link,
            Exchange exchange,
            SessionContext session,
            ClusterContext cluster,
            BackendCounters counters) {
        this.link = link;
        this.inbox = link.pipe().inbox();
        this.exchange = exchange;
        this.session = session;
        this.cluster = cluster;
        this.client = session.client();
        this.counters = counters;
        this.messages = new ReplyMessages(link, exchange, session, cluster, counters);
        this.handoff = new ReadHandoff(link.pipe(), name(), exchange, session.watch(), this);
        this.ending = new ConnectionEnd(link, exchange, session, cluster, handoff);
    }

    private String name() {
        return "client-" + session.number() + (link.isWriter() ? "-writer" : "-reader");
    }

    ReadHandoff handoff() {
        return handoff;
    }

    /** The search_path of the server's process where it reports that, else null. Any thread. */
    String searchPath() {
        return messages.searchPath();
    }

    @Override
    public void readUntilIdle() {
        goesOn(ReplyReader::untilIdle);
    }

    @Override
    public void readUntilReply() {
        if (goesOn(ReplyReader::untilReply)) {
            rest();
        }
    }

    /** The reading thread leaves, or hands the rest to another thread. */
    void rest() {
        if (!rests()) {
            handoff.awaken();
        }
    }

    /** After this returns true, the caller must not touch the connection: another thread may use it. */
    private boolean rests() {
        return inbox.available() == 0 && bodyLeft == 0 && handoff.leaves();
    }

    /** @return whether the connection is open after this; else everything that its end requires is done */
    private boolean goesOn(Reading reading) {
        boolean open = false;
        try {
            open = reading.of(this);
        } catch (ClientGoneException gone) {
            // The rest of the server's output is not awaited.
        } catch (ProtocolException e) {
            messages.broken(e);
        } catch (IOException gone) {
            // The same as the end of the server's stream.
        } finally {
            if (!open) {
                end();
            }
        }
        return open;
    }

    /** @return false where the connection has ended, or the session has left it */
    private boolean untilIdle() throws IOException, ClientGoneException {
        int room = inbox.available() == 0 ? 0 : relay();
        while (!retires()) {
            if (rests()) {
                return true;
            }
            if (!inbox.fill(room)) {
                return false;
            }
            room = relay();
        }
        return false;
    }

    /** @return false where the connection has ended */
    private boolean untilReply() throws IOException, ClientGoneException {
        int room = 0;
        while (isPending()) {
            if (!inbox.awaitInputOrDismissal()) {
                session.watch().begin();
            } else if (inbox.fill(room)) {
                room = relay();
            } else {
                return false;
            }
        }
        return true;
    }

    private boolean isPending() {
        return exchange.locked(now -> now.reply().isPending());
    }

    private void end() {
        boolean deserted = client.hasLeft() || client.isGone();
        client.abandon();
        if (!retired) {
            link.pipe().close();
            ended(deserted);
        }
    }

    /** @param deserted whether the client had left before */
    private void ended(boolean deserted) {
        link.ended(deserted);
        if (deserted) {
            ending.deserted();
            return;
        }
        try {
            sayFarewell();
        } finally {
            ending.lost(messages.lastWords());
        }
    }

    private void sayFarewell() {
        if (messages.farewell().length == 0 || link.isLeft() || !ending.isByAdministrator()) {
            return;
        }
        session.end().told();
        messages.saysFarewell();
        exchange.lock();
        try {
            exchange.reply().passesLastWords();
        } finally {
            exchange.unlock();
        }
        try {
            release();
            client.write(messages.farewell());
        } catch (ClientGoneException gone) {
            // There is no client to tell.
        }
    }

    /** The thread ends after the next answer, and leaves the connection open. Guarded by the lock of the exchange. */
    void retire() {
        retiring = true;
    }

    /** After this returns true, another session may use the connection. */
    private boolean retires() {
        exchange.lock();
        try {
            boolean answered = exchange.reply().replyOrNull() instanceof Reply.Complete;
            retired = retiring && answered && inbox.available() == 0;
        } finally {
            exchange.unlock();
        }
        if (retired) {
            handoff.happened();
        }
        return retired;
    }

    @Override
    public boolean hasRetired() {
        return retired;
    }

    /**
     * Handles the input.
     *
     * @return how many bytes the inbox may hold for the next time
     */
    private int relay() throws ProtocolException, ClientGoneException {
        int room = relayScanned();
        while (messages.isReplacing() && bodyLeft == 0) {
            write(messages.takeReplacement());
            room = relayScanned();
        }
        return room;
    }

    private void write(byte[] own) {
        if (!link.isLeft()) {
            client.write(own);
        }
    }

    private int relayScanned() throws ProtocolException, ClientGoneException {
        Verdict verdict;
        boolean counts;
        boolean differs;
        boolean changesLogins;
        exchange.lock();
        try {
            scan();
            verdict = judge();
            if (verdict == Verdict.PENDING && isKept()) {
                return Relay.HOLD_LIMIT;
            }
            releaseUnjudged(verdict);
            counts = verdict == Verdict.COMPLETE && !exchange.isAnsweringOwn();
            differs = verdict == Verdict.COMPLETE && hasOtherFunctions();
            changesLogins = exchange.loginChange().take();
        } finally {
            exchange.unlock();
        }
        if (changesLogins) {
            cluster.pool().clear();
        }
        if (counts) {
            count();
        }
        deliver(verdict, differs);
        conclude(verdict);
        return 0;
    }

    private Verdict judge() {
        if (exchange.reply().isWithdrawn()) {
            drop();
        }
        return bodyLeft == 0 ? exchange.reply().verdict() : Verdict.PENDING;
    }

    /** Whether a reply without a verdict stays where it is. */
    private boolean isKept() {
        if (exchange.reply().isHeld() && inbox.hasRoom(Relay.HOLD_LIMIT)) {
            return true;
        }
        if (exchange.reply().verification().isMissing() && exchange.reply().withdraw()) {
            drop();
            client.wake();
            return true;
        }
        return false;
    }

    /** A reply that outgrows the room, or fails in the middle of its request, goes to the client from now on. */
    private void releaseUnjudged(Verdict verdict) {
        boolean failed = verdict == Verdict.PARTIAL && exchange.reply().hasFailed();
        if (verdict == Verdict.PENDING || failed) {
            exchange.reply().release();
        }
    }

    private boolean hasOtherFunctions() {
        return exchange.reply().verification().differs() && !exchange.reply().isRefusedLate();
    }

    /** The request is counted before the client has the reply: one that asks after it finds it counted. */
    private void count() {
        if (link.isWriter()) {
            counters.write();
        } else {
            counters.read();
        }
    }

    private void deliver(Verdict verdict, boolean differs) throws ClientGoneException {
        if (verdict == Verdict.REFUSED) {
            drop();
        } else if (differs) {
            endOtherwise();
        } else {
            heldFrom = verdict == Verdict.PENDING ? heldFrom : -1;
            release();
        }
    }

    private void conclude(Verdict verdict) {
        exchange.lock();
        try {
            exchange.released(verdict);
            exchange.reply().conclude(verdict);
        } finally {
            exchange.unlock();
        }
        handoff.happened();
        if (verdict == Verdict.REFUSED) {
            client.wake();
        }
    }

    /** Handles every message that has arrived far enough. */
    private void scan() throws ProtocolException {
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

    /** Writes the scanned part: whole messages, and a part of one only where the inbox has no room for it. */
    private void release() throws ClientGoneException {
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
    private void endOtherwise() throws ClientGoneException {
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
    private void drop() {
        heldFrom = -1;
        inbox.consume(scanned);
        scanned = 0;
        messageStart = 0;
        passing = false;
    }
}

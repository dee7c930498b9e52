package pgrouter.exchange;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientGoneException;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.protocol.ProtocolException;

/**
 * Reads the messages of one server until the verdict on its reply, and then forwards or drops them. One thread reads at
 * a time, as {@link ReadHandoff} decides.
 */
final class ReplyReader implements ReadHandoff.Reader {
    /** A way to read; constant, so that a request allocates none. */
    private interface Reading {
        /** @return whether the connection is open after it */
        boolean of(ReplyReader reader) throws IOException, ClientGoneException;
    }

    private final ServerLink link;
    private final Inbox inbox;
    private final Exchange exchange;
    private final ReplyMessages messages;
    private final ReplyBuffer buffer;
    private final ReadHandoff handoff;
    private final ConnectionEnd ending;
    private final SessionContext session;
    private final ClusterContext cluster;
    private final ClientEnd client;
    private final BackendCounters counters;

    private boolean retiring;
    private volatile boolean retired;

    ReplyReader(
            ServerLink link,
            Exchange exchange,
            SessionContext session,
            ClusterContext cluster,
            BackendCounters counters) {
        this.link = link;
        this.inbox = link.connection().inbox();
        this.exchange = exchange;
        this.session = session;
        this.cluster = cluster;
        this.client = session.client();
        this.counters = counters;
        this.messages = new ReplyMessages(link, exchange, session, cluster, counters);
        this.buffer = new ReplyBuffer(link, exchange, messages, client);
        this.handoff = new ReadHandoff(link.connection(), name(), exchange, session.watch(), this);
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
        return buffer.isEmpty() && handoff.leaves();
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
            link.connection().close();
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
            buffer.release();
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
            if (retiring && answered && inbox.available() == 0) {
                inbox.release();
                retired = true;
            }
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
        while (messages.isReplacing() && !buffer.isWithinMessage()) {
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
        boolean changesData;
        boolean asynchronous;
        exchange.lock();
        try {
            buffer.scan();
            verdict = judge();
            if (verdict == Verdict.PENDING && isKept()) {
                return Relay.HOLD_LIMIT;
            }
            releaseUnjudged(verdict);
            counts = verdict == Verdict.COMPLETE && !exchange.isAnsweringOwn();
            differs = verdict == Verdict.COMPLETE && hasOtherFunctions();
            changesLogins = exchange.loginChange().take();
            changesData = link.isWriter() && exchange.dataChange().take();
            asynchronous = exchange.dataChange().isAsynchronous();
        } finally {
            exchange.unlock();
        }
        if (changesLogins) {
            cluster.pool().clear();
        }
        if (changesData) {
            cluster.committed(link.connection(), asynchronous);
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
            buffer.drop();
        }
        return buffer.isWithinMessage() ? Verdict.PENDING : exchange.reply().verdict();
    }

    /** Whether a reply without a verdict stays where it is. */
    private boolean isKept() {
        if (exchange.reply().isHeld() && inbox.hasRoom(Relay.HOLD_LIMIT)) {
            return true;
        }
        if (exchange.reply().verification().isMissing() && exchange.reply().withdraw()) {
            buffer.drop();
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
            buffer.drop();
        } else if (differs) {
            buffer.endOtherwise();
        } else {
            if (verdict != Verdict.PENDING) {
                buffer.holdsNothing();
            }
            buffer.release();
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
}

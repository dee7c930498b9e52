package pgrouter.exchange;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.backend.Pipe;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientGoneException;
import pgrouter.client.ClientWatch;
import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.exchange.PipeRelay.Outcome;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.pool.ServerPool;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.Reported;
import pgrouter.state.Bond;

/**
 * Passes on what one backend sends. One thread reads at a time: the client thread while it awaits the outcome of a request
 * ({@link #readOutcome}), and where something comes that it does not await a thread of the pipe's own ({@link #run}). While
 * nothing comes none does: a stack would cost as much as all else that a session at rest has.
 *
 * <p>Bodies are not looked at, but for the few that decide something; a reply under judgement stays in the inbox until the verdict, so
 * that it is then released, or dropped, at once. A message larger than the inbox is passed on in pieces.
 */
public final class ReplyRelay implements Runnable {
    /** The largest reply that is held back, in bytes: what outgrows it is the client's, and so is an error behind it. */
    public static final int HOLD_LIMIT = 256 * 1024;

    private static final int HEADER = 5;

    /** {@code MaxAllocSize}: PostgreSQL cannot build a larger message. */
    private static final int MAXIMUM_LENGTH = 0x3fffffff;

    /** So much of an error is read: severity and SQLSTATE stand at its beginning. */
    private static final int ERROR_BEGINNING = 512;

    private static final int NAME_BEGINNING = 64;
    private static final byte[] NONE = {};
    private static final String SEARCH_PATH = "search_path\0";

    private static final String CHANGED =
            "could not serialize access: a function was replaced while a standby ran it; try again";

    /** A way to read; nothing is made for it, since each request has one. */
    private interface Reading {
        /** @return whether the pipe is open behind it */
        boolean of(ReplyRelay relay) throws IOException, ClientGoneException;
    }

    private final Pipe pipe;
    private final Inbox inbox;
    private final Exchange exchange;
    private final ReentrantLock lock;
    private final Turn turn;
    private final ClientEnd client;
    private final boolean isWriter;
    private final Reported reported;
    private final Writes writes;
    private final Audience audience;
    private final BackendCounters counters;
    private final Runnable awaken;

    /** Everything before this offset was looked at; what is to be dropped of it is gone. */
    private int scanned;

    /** The part of the present message that has not arrived, and whether the client is to see it. */
    private int bodyLeft;

    private boolean passing;

    /** Where the present message begins; negative, where a part of it is with the client already. */
    private int messageStart;

    /** What the client is told in place of an error that it does not see, as soon as that has come to its end. */
    private Optional<ErrorResponse> instead = Optional.empty();

    /** Where the end of the reply begins that waits for a {@link Verification}; negative while there is none. */
    private int heldFrom = -1;

    /** What the client has not seen of what the server has said last: a FATAL, or the WARNING of one that leaves at once. */
    private Optional<ErrorResponse> lastWords = Optional.empty();

    /** A FATAL of which it depends on the node whether it is the client's. */
    private byte[] farewell = NONE;

    /** As the server has reported it last; null where it does not. */
    private volatile String searchPath;

    private volatile boolean leaving;
    private volatile boolean ended;
    private volatile boolean isDeserted;
    private boolean retiring;
    private volatile boolean retired;

    /**
     * What all pipes of a session have in common: who hears their replies, and what is noted of them.
     *
     * @param watch looks after the client while its thread waits
     * @param alarm told where a primary seems to be none any more
     * @param uptime asks a node that has ended a session whether it goes away itself
     * @param bond what ties the session to its writer
     * @param end whether the session ends with one of its servers' processes
     * @param warm the pipes that are kept for other sessions
     */
    public record Audience(
            ClientEnd client,
            ClientWatch watch,
            Reported reported,
            Writes writes,
            Runnable alarm,
            Uptime uptime,
            Bond bond,
            SessionEnd end,
            ServerPool warm) {}

    ReplyRelay(
            Pipe pipe,
            Exchange exchange,
            ReentrantLock lock,
            Turn turn,
            Audience audience,
            BackendCounters counters,
            boolean isWriter,
            Runnable awaken) {
        this.awaken = awaken;
        this.pipe = pipe;
        this.counters = counters;
        this.inbox = pipe.inbox();
        this.searchPath = pipe.parameters().get("search_path");
        this.exchange = exchange;
        this.lock = lock;
        this.turn = turn;
        this.client = audience.client();
        this.reported = audience.reported();
        this.writes = audience.writes();
        this.audience = audience;
        this.isWriter = isWriter;
    }

    /** On the pipe's own thread: until nothing is begun any more. */
    @Override
    public void run() {
        goesOn(ReplyRelay::readUntilRest);
    }

    /** On the client thread, which has taken the reading over: until its request has an outcome. */
    void readOutcome() {
        if (goesOn(ReplyRelay::readUntilOutcome)) {
            rest();
        }
    }

    /** @return whether the pipe is open behind this; else all is done that its end asks for */
    private boolean goesOn(Reading reading) {
        boolean open = false;
        try {
            open = reading.of(this);
        } catch (ClientGoneException gone) {
            // What the server goes on to say is not waited for.
        } catch (ProtocolException e) {
            lastWords = Optional.of(ErrorResponse.fatal(
                    SqlState.PROTOCOL_VIOLATION, "backend " + pipe.backend().address() + ": " + e.getMessage()));
        } catch (IOException gone) {
            // The same as the end of the server's stream.
        } finally {
            if (!open) {
                end();
            }
        }
        return open;
    }

    /** @return false where the pipe has ended, or the session has left it */
    private boolean readUntilRest() throws IOException, ClientGoneException {
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

    /** @return false where the pipe has ended */
    private boolean readUntilOutcome() throws IOException, ClientGoneException {
        int room = 0;
        while (isPending()) {
            if (!inbox.awaitInputOrDismissal()) {
                audience.watch().begin();
            } else if (inbox.fill(room)) {
                room = relay();
            } else {
                return false;
            }
        }
        return true;
    }

    private boolean isPending() {
        lock.lock();
        try {
            return exchange.outcome() == Outcome.PENDING;
        } finally {
            lock.unlock();
        }
    }

    /** Who has read leaves: what comes now is read by the pipe's own thread, or by who takes over before. */
    void rest() {
        if (!rests()) {
            awaken.run();
        }
    }

    /** Behind it nothing of the pipe may be touched where it says yes: another thread may be at it. */
    private boolean rests() {
        return inbox.available() == 0 && bodyLeft == 0 && pipe.onInput(awaken);
    }

    private void end() {
        boolean deserted = client.hasLeft() || client.isGone();
        client.abandon();
        if (!retired) {
            pipe.close();
            ended(deserted);
        }
    }

    /** An administrator who ends a process means the session; a node that goes away means nobody. */
    private void decide() {
        if (farewell.length == 0 || leaving || !isByAdministrator()) {
            return;
        }
        audience.end().told();
        lastWords = Optional.empty();
        lock.lock();
        try {
            exchange.passesLastWords();
        } finally {
            lock.unlock();
        }
        try {
            release();
            client.write(farewell);
        } catch (ClientGoneException gone) {
            // Nobody is there to be told.
        }
    }

    private boolean isByAdministrator() {
        try {
            return ServerEnd.of(audience.uptime().since(pipe.backend()), pipe.begunAt()) == ServerEnd.TOLD;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The thread is to end behind the next answer, and to leave the pipe open. Needs the lock. */
    void retire() {
        retiring = true;
    }

    private boolean retires() {
        lock.lock();
        try {
            retired = retiring && exchange.outcome() == Outcome.ANSWERED && inbox.available() == 0;
            return retired;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has ended so. */
    boolean hasRetired() {
        return retired;
    }

    /** Whether nothing will come any more. Any thread may ask. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether that is because the client has left. Any thread may ask. */
    boolean isDeserted() {
        return isDeserted;
    }

    /** From now on nothing of this pipe reaches the client. Any thread may call it. */
    void leave() {
        leaving = true;
    }

    /**
     * Deals with what has come.
     *
     * @return how many bytes the inbox may hold for the next time
     */
    private int relay() throws ProtocolException, ClientGoneException {
        int room = relayScanned();
        while (tellsInstead()) {
            write(instead.orElseThrow());
            instead = Optional.empty();
            room = relayScanned();
        }
        return room;
    }

    private void write(ErrorResponse own) {
        if (!leaving) {
            client.write(own.encode());
        }
    }

    /** Whether all that came before it is with the client, and all of it has come. */
    private boolean tellsInstead() {
        return instead.isPresent() && bodyLeft == 0;
    }

    private int relayScanned() throws ProtocolException, ClientGoneException {
        Outcome verdict;
        boolean counts;
        boolean changesLogins;
        lock.lock();
        try {
            scan();
            if (exchange.isTurnedAway()) {
                drop();
            }
            verdict = bodyLeft == 0 ? exchange.verdict() : Outcome.PENDING;
            if (verdict == Outcome.PENDING && exchange.isJudging() && inbox.hasRoom(HOLD_LIMIT)) {
                return HOLD_LIMIT;
            }
            if (verdict == Outcome.PENDING && exchange.isUnchecked() && exchange.turnAway()) {
                drop();
                client.wake();
                return HOLD_LIMIT;
            }
            if (verdict == Outcome.PENDING || (verdict == Outcome.CLIENTS_TURN && exchange.hasFailed())) {
                exchange.letGo();
            }
            counts = verdict == Outcome.ANSWERED && !exchange.isAnsweringOwn();
            changesLogins = exchange.loginChange().take();
        } finally {
            lock.unlock();
        }
        if (changesLogins) {
            audience.warm().clear();
        }
        if (counts) {
            count();
        }
        if (verdict == Outcome.REFUSED) {
            drop();
        } else if (verdict == Outcome.ANSWERED && hasOtherFunctions()) {
            endOtherwise();
        } else {
            heldFrom = verdict == Outcome.PENDING ? heldFrom : -1;
            release();
        }
        conclude(verdict);
        return 0;
    }

    /** Before the client has the reply: whoever asks behind it finds it counted. */
    private void count() {
        if (isWriter) {
            counters.write();
        } else {
            counters.read();
        }
    }

    private void conclude(Outcome verdict) {
        lock.lock();
        try {
            exchange.released(verdict);
            exchange.conclude(verdict);
        } finally {
            lock.unlock();
        }
        turn.happened();
        if (verdict == Outcome.REFUSED) {
            client.wake();
        }
    }

    /** Looks at every message of which enough is there. */
    private void scan() throws ProtocolException {
        while (body()) {
            if (instead.isPresent() || inbox.available() - scanned < HEADER) {
                return;
            }
            byte tag = inbox.byteAt(scanned);
            int length = inbox.intAt(scanned + 1);
            if (length < 4 || length > MAXIMUM_LENGTH || (tag == BackendTag.READY_FOR_QUERY && length != 5)) {
                throw new ProtocolException("a message of " + length + " bytes");
            }
            if (inbox.available() - scanned < needed(tag, length)) {
                return;
            }
            messageStart = scanned;
            passing = message(tag, Math.min(1 + length, inbox.available() - scanned));
            if (passing) {
                holdEnd(tag);
            }
            bodyLeft = 1 + length;
        }
    }

    /** The end of a reply is what nothing but the next ReadyForQuery follows. */
    private void holdEnd(byte tag) {
        switch (tag) {
            case BackendTag.NOTICE_RESPONSE, BackendTag.PARAMETER_STATUS -> {}
            case BackendTag.COMMAND_COMPLETE,
                    BackendTag.EMPTY_QUERY_RESPONSE,
                    BackendTag.PORTAL_SUSPENDED,
                    BackendTag.ERROR_RESPONSE,
                    BackendTag.READY_FOR_QUERY ->
                heldFrom = heldFrom < 0 && exchange.isVerifying() ? scanned : heldFrom;
            default -> heldFrom = -1;
        }
    }

    /**
     * Goes over the present message as far as it has arrived.
     *
     * @return whether its end was reached
     */
    private boolean body() {
        int here = Math.min(bodyLeft, inbox.available() - scanned);
        if (here > 0 && exchange.isDescribing()) {
            exchange.describe(inbox.array(), inbox.arrayOffset(scanned), here, here == bodyLeft);
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

    private static int needed(byte tag, int length) {
        return switch (tag) {
            case BackendTag.READY_FOR_QUERY -> HEADER + 1;
            case BackendTag.ERROR_RESPONSE, BackendTag.NOTICE_RESPONSE -> Math.min(1 + length, ERROR_BEGINNING);
            case BackendTag.PARAMETER_STATUS, BackendTag.COMMAND_COMPLETE -> Math.min(1 + length, NAME_BEGINNING);
            default -> HEADER;
        };
    }

    /** @return whether the client is to see it */
    private boolean message(byte tag, int present) throws ProtocolException {
        lastWords = Optional.empty();
        return switch (tag) {
            case BackendTag.NOTICE_RESPONSE -> notice(present);
            case BackendTag.NOTIFICATION_RESPONSE -> isWriter;
            case BackendTag.PARAMETER_STATUS -> parameter(present);
            case BackendTag.ERROR_RESPONSE -> error(present);
            case BackendTag.READY_FOR_QUERY -> exchange.ready(inbox.byteAt(scanned + HEADER));
            case BackendTag.COMMAND_COMPLETE -> complete(present);
            default -> exchange.answered(tag);
        };
    }

    /**
     * The primary's parameters are the client's; what pgrouter itself has set there only where it is news. What a standby has by
     * itself, as after a reload, is not: only what the client sets there.
     */
    private boolean parameter(int present) throws ProtocolException {
        noteSearchPath(present);
        boolean passes = isWriter || (exchange.mayReport() && !exchange.isJudging() && isCommon(present));
        if (!isWriter && text(present).equals("in_hot_standby\0off\0")) {
            audience.alarm().run();
        }
        return passes && (reported.report(text(present)) || !exchange.isAnsweringOwn());
    }

    private void noteSearchPath(int present) {
        String status = text(present);
        if (status.startsWith(SEARCH_PATH) && status.endsWith("\0")) {
            searchPath = status.substring(SEARCH_PATH.length(), status.length() - 1);
        }
    }

    /** Its value where the server reports it, else null. Any thread. */
    String searchPath() {
        return searchPath;
    }

    /** A parameter whose value is not one of this node alone. */
    private boolean isCommon(int present) {
        return !text(present).startsWith("in_hot_standby\0");
    }

    private boolean complete(int present) throws ProtocolException {
        CommandTag tag = CommandTag.decode(inbox.array(), inbox.arrayOffset(scanned + HEADER), present - HEADER);
        if (tag.equals(CommandTag.SELECT)) {
            if (isWriter && exchange.mayWrite()) {
                writes.happened();
            }
            return exchange.answered(BackendTag.COMMAND_COMPLETE);
        }
        return completeOther(tag);
    }

    private boolean completeOther(CommandTag tag) throws ProtocolException {
        if (isWriter && tag.writes()) {
            exchange.wrote();
        }
        if (isWriter && tag.changesLogins()) {
            exchange.loginChange().happened();
        }
        if (tag.commits()) {
            exchange.committed();
        }
        if (isWriter && (tag.writes() || tag.commits() || exchange.mayWrite())) {
            writes.happened();
        }
        if (tag.equals(CommandTag.DISCARD_ALL)) {
            exchange.discarded();
            exchange.deallocated();
        } else if (tag.equals(CommandTag.DEALLOCATE_ALL)) {
            exchange.deallocated();
        }
        if (tag.changesSchema()) {
            exchange.schemaChanged(tag.changesCode());
        }
        return exchange.answered(BackendTag.COMMAND_COMPLETE);
    }

    private String text(int present) {
        return new String(
                inbox.array(), inbox.arrayOffset(scanned + HEADER), present - HEADER, StandardCharsets.ISO_8859_1);
    }

    /** A process that must leave at once says so in a WARNING ({@code quickdie} in postgres.c): nothing comes after it. */
    private boolean notice(int present) {
        ErrorResponse notice = decode(present);
        if (SqlState.isServerLeaving(notice.sqlState())) {
            lastWords = Optional.of(notice);
        }
        return !exchange.isAnsweringOwn() && (isWriter || exchange.isForClient());
    }

    private ErrorResponse decode(int present) {
        int start = inbox.arrayOffset(scanned + HEADER);
        return ErrorResponse.decode(inbox.array(), start, start + present - HEADER);
    }

    private boolean error(int present) {
        ErrorResponse error = decode(present);
        if (exchange.isForClient()) {
            counters.error(exchange.ownWords(error).orElse(error).sqlState());
        }
        if (!error.endsConnection()) {
            if (isWriter && error.sqlState().equals(SqlState.READ_ONLY_SQL_TRANSACTION)) {
                audience.alarm().run();
            }
            return failed(error);
        }
        return ends(error, present);
    }

    /** The server ends the connection. */
    private boolean ends(ErrorResponse error, int present) {
        ServerEnd meaning = audience.end().meaning(error.sqlState(), this, isWriter);
        switch (meaning) {
            case TOLD -> {
                exchange.passesLastWords();
                if (!leaving) {
                    audience.end().told();
                }
            }
            case REPLACED -> lastWords = Optional.of(error);
            case ASKED -> {
                lastWords = Optional.of(error);
                farewell = whole(present) ? copy(present) : error.encode();
            }
        }
        return meaning == ServerEnd.TOLD;
    }

    private boolean whole(int present) {
        return present == 1 + inbox.intAt(scanned + 1);
    }

    private byte[] copy(int present) {
        int start = inbox.arrayOffset(scanned);
        return Arrays.copyOfRange(inbox.array(), start, start + present);
    }

    private boolean failed(ErrorResponse error) {
        boolean expected = isWriter || exchange.isForClient();
        boolean first = !exchange.hasFailed();
        Optional<ErrorResponse> ownWords = exchange.ownWords(error);
        boolean passes = exchange.failed(error) && expected;
        if (ownWords.isPresent() && !exchange.isJudging()) {
            instead = ownWords;
        } else if (passes && first && exchange.isRefusedLate()) {
            instead = Optional.of(LateRefusal.of(pipe.backend().address(), error.sqlState()));
        }
        return passes && instead.isEmpty();
    }

    /** Writes what was looked at: whole messages, and a part of one only where the inbox has no room for it. */
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
        if (!leaving) {
            client.write(inbox.view(0, length), continues);
        }
    }

    private boolean hasOtherFunctions() {
        lock.lock();
        try {
            return exchange.hasOtherFunctions() && !exchange.isRefusedLate();
        } finally {
            lock.unlock();
        }
    }

    /** A part of the reply is with the client, and must not count: it ends with an error instead of what would have been its end. */
    private void endOtherwise() throws ClientGoneException {
        inbox.cut(heldFrom, scanned - heldFrom);
        scanned = heldFrom;
        messageStart = heldFrom;
        heldFrom = -1;
        release();
        if (!leaving) {
            client.write(
                    ErrorResponse.error(SqlState.SERIALIZATION_FAILURE, CHANGED).encode());
            client.write(BackendMessage.readyForQuery((byte) 'I'));
        }
    }

    /** Drops all that is there, and the rest of a message that is not there yet. */
    private void drop() {
        heldFrom = -1;
        inbox.consume(scanned);
        scanned = 0;
        messageStart = 0;
        passing = false;
    }

    /** Whether the backend has said what it must not. */
    private boolean isFault() {
        return lastWords
                .filter(words -> words.sqlState().equals(SqlState.PROTOCOL_VIOLATION))
                .isPresent();
    }

    /** @param deserted whether the client had left before: the server was not lost, or nobody wants to know */
    private void ended(boolean deserted) {
        ended = true;
        isDeserted = deserted;
        if (deserted) {
            deserted();
            return;
        }
        try {
            decide();
        } finally {
            lost();
        }
    }

    private void deserted() {
        boolean changesLogins;
        lock.lock();
        try {
            exchange.deserted();
            changesLogins = exchange.loginChange().take();
        } finally {
            lock.unlock();
        }
        if (changesLogins) {
            audience.warm().clear();
        }
        turn.happened();
    }

    /** A session that is tied to its writer ends with it: here, where the client thread does not await it. */
    private void lost() {
        boolean open;
        boolean awaited;
        boolean said;
        boolean changesLogins;
        lock.lock();
        try {
            open = exchange.isOpen();
            awaited = open && !exchange.ledger().isClientsTurn();
            said = exchange.areLastWordsPassed();
            exchange.lost(lastWords);
            changesLogins = exchange.loginChange().take();
        } finally {
            lock.unlock();
        }
        if (changesLogins) {
            audience.warm().clear();
        }
        if (said && !leaving) {
            client.close();
            audience.end().said();
        }
        turn.happened();
        if (open && !awaited) {
            client.wake();
        }
        if (leaving) {
            return;
        }
        if (isWriter) {
            audience.alarm().run();
        }
        if (!awaited && !said) {
            endSession();
        }
    }

    private void endSession() {
        if (isWriter && isFault()) {
            client.write(lastWords.orElseThrow().encode());
            client.close();
        } else if (isWriter && audience.bond().isThere()) {
            client.write(audience.bond().broken(pipe.backend().address()).message());
            client.close();
        }
    }
}

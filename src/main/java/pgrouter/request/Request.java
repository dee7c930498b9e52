package pgrouter.request;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.Memory;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/**
 * The part of the session's present request that was read: a range of the client's inbox, from its oldest byte, and
 * what the messages in it show. One per session, used again for each request. Client thread only.
 */
public final class Request {
    private final NotedBytes noted = new NotedBytes();
    private final RequestStatements statements = new RequestStatements(noted);
    private final RequestKind kind = new RequestKind();
    private final RequestChanges changes = new RequestChanges(noted);
    private List<String> calls = new ArrayList<>();
    private Optional<byte[]> opening = Optional.empty();
    private int length;
    private boolean tooLarge;
    private boolean turnedAway;
    private boolean paused;
    private boolean goesOn;
    private final Set<Integer> malformed = new HashSet<>();

    private Optional<ErrorResponse> excess = Optional.empty();
    private int unknown;
    private boolean brokenOff;
    private Optional<ProtocolException> violation = Optional.empty();
    private byte end;
    private boolean empty = true;

    public void reset() {
        if (noted.areMany()) {
            shrink();
        }
        noted.reset();
        statements.reset();
        kind.reset();
        excess = Optional.empty();
        end = 0;
        empty = true;
        changes.reset();
        calls.clear();
        opening = Optional.empty();
        length = 0;
        tooLarge = false;
        turnedAway = false;
        paused = false;
        goesOn = false;
        malformed.clear();
        unknown = 0;
        brokenOff = false;
        violation = Optional.empty();
    }

    private void shrink() {
        statements.shrink();
        kind.shrink();
        changes.shrink();
        calls = new ArrayList<>();
    }

    /** The bytes that are noted of the request. */
    NotedBytes noted() {
        return noted;
    }

    /** Notes that more of the request is read: there may be room now. */
    public void readsOn() {
        excess = Optional.empty();
    }

    /**
     * Notes that there is no room for what its next message would add to the session's memory. That message was not
     * read, and the request fails with this error.
     */
    public void exceeds(ErrorResponse error) {
        excess = Optional.of(error);
    }

    /** The error with which the request fails, where there was no room for it. */
    public Optional<ErrorResponse> excess() {
        return excess;
    }

    /** The number of bytes of the inbox that belong to it so far: complete messages only. */
    public int length() {
        return length;
    }

    public void append(int messageLength) {
        length += messageLength;
        empty = false;
    }

    /** Notes that PostgreSQL cannot read the message that begins where the last one ends. */
    void malformed() {
        malformed.add(length);
        noted.add(Memory.OVERHEAD);
    }

    /** Whether PostgreSQL cannot read the message at this offset. */
    public boolean isMalformed(int offset) {
        return !malformed.isEmpty() && malformed.contains(offset);
    }

    /**
     * Ends the request with a message of a type that does not exist, or of an impossible length. The server ends the
     * session when it sees that, and the start of a further message is unknown.
     *
     * @param header the number of bytes of it that are kept
     * @param words in which PostgreSQL reports it; empty where it reports nothing
     */
    public void breakOff(int header, Optional<ProtocolException> words) {
        violation = words;
        unknown = header;
        brokenOff = true;
        append(header);
    }

    /** Whether the request has ended so. */
    public boolean isBrokenOff() {
        return brokenOff;
    }

    /** PostgreSQL's report of that, if there is one. */
    public Optional<ProtocolException> violation() {
        return violation;
    }

    /** The number of bytes of the inbox that are messages: all of it without the header with which it was broken off. */
    public int lengthOfMessages() {
        return length - unknown;
    }

    /** Whether none of its messages was read completely. */
    public boolean isEmpty() {
        return empty;
    }

    /** Notes one of its messages that will be answered by ReadyForQuery. */
    public void endsWith(byte tag) {
        end = tag;
        empty = false;
    }

    /** The type of its last message that is answered by ReadyForQuery; 0 while there is none. */
    public byte end() {
        return end;
    }

    /** Whether the client has paused after a whole message that does not give the server the turn. */
    public boolean isPaused() {
        return paused;
    }

    public void pause(boolean now) {
        paused = now;
    }

    /**
     * All that was read so far was sent, and more may follow. The statements that it names in SQL are needed like those
     * that it binds.
     */
    public void begun() {
        goesOn = true;
    }

    /** Whether it asks for the list of all statements, and a part of it was sent before that was known. */
    public boolean listsAfterBeginning() {
        return goesOn && Traits.has(kind.traits(), Traits.LISTS_STATEMENTS);
    }

    /**
     * Takes the messages that were read last out of the request: they stay in the inbox.
     *
     * @param endBefore the value of {@link #end} before them
     */
    public void unread(byte endBefore) {
        consumed();
        end = endBefore;
        excess = Optional.empty();
        brokenOff = false;
        violation = Optional.empty();
    }

    /** Notes that all messages so far were sent and are no longer in the inbox; more of the request follows. */
    public void consumed() {
        begun();
        statements.consumed();
        calls.clear();
        malformed.clear();
        unknown = 0;
        length = 0;
    }

    /** Bits of {@link Traits}, united over its messages. */
    public long traits() {
        return kind.traits();
    }

    /** Its possible effects on the session, united over its messages. */
    public StateTraits state() {
        return kind.state();
    }

    /** Whether commits of its session may be acknowledged before their WAL is flushed, from the request on. */
    public boolean mayCommitAsynchronously() {
        return Traits.has(kind.traits(), Traits.ASYNCHRONOUS) || kind.state().has(StateTraits.SETS_ANY);
    }

    public void add(long more) {
        add(more, StateTraits.NONE);
    }

    void add(long more, StateTraits moreOfState) {
        kind.addOther(more, moreOfState);
    }

    /** Adds what one of its texts shows, or a statement that it uses. */
    void found(Statement.Finding finding) {
        found(finding.traits(), finding.state(), finding.fingerprint());
        changes.add(finding);
        if (!finding.calls().isEmpty()) {
            calls.addAll(finding.calls());
        }
        if (goesOn && !finding.named().isEmpty()) {
            finding.named().forEach(statements::refersTo);
        }
    }

    void found(long more, StateTraits moreOfState, long fingerprint) {
        kind.add(more, moreOfState, fingerprint);
    }

    public RequestKind kind() {
        return kind;
    }

    public RequestChanges changes() {
        return changes;
    }

    /** The functions of users that it may call. */
    List<String> calls() {
        return calls;
    }

    /** Whether all of it was read, is kept, and was not broken off. */
    public boolean isWhole() {
        return length > 0 && end != 0 && !tooLarge && !brokenOff;
    }

    /** Whether its next message does not fit into what can be kept. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    public void markTooLarge() {
        tooLarge = true;
    }

    /** Whether the server connection on which it has begun must not get the messages that were read last. */
    public boolean isTurnedAway() {
        return turnedAway;
    }

    public void turnAway() {
        turnedAway = true;
    }

    /** Notes that another server has the request from now on. */
    public void takenUp() {
        turnedAway = false;
    }

    /** The prepared statements that its messages are about. */
    public RequestStatements statements() {
        return statements;
    }

    /** A Query message of the text that opens a transaction, if there is one. */
    public Optional<byte[]> opening() {
        return opening;
    }

    void opens(byte[] query) {
        opening = Optional.of(query);
    }
}

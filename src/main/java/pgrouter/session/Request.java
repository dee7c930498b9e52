package pgrouter.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pgrouter.routing.Traits;

/**
 * What was read of the request that the session is at: a range of the client's inbox, from its oldest byte, and what the messages
 * in it show. One a session, used again for each request, by the client thread.
 */
final class Request {
    private final Set<String> references = new LinkedHashSet<>();
    private final Set<String> settled = new HashSet<>();
    private final List<Statement> statements = new ArrayList<>();
    private final List<byte[]> stateChanges = new ArrayList<>();
    private int length;
    private int traits;
    private boolean tooLarge;

    void reset() {
        references.clear();
        settled.clear();
        statements.clear();
        stateChanges.clear();
        length = 0;
        traits = Traits.NONE;
        tooLarge = false;
    }

    /** How many bytes of the inbox belong to it so far: complete messages only. */
    int length() {
        return length;
    }

    void append(int messageLength) {
        length += messageLength;
    }

    /** What was read so far was sent and is no longer in the inbox; more of the request follows. */
    void consumed() {
        settled.addAll(references);
        references.clear();
        statements.clear();
        length = 0;
    }

    /** Bits of {@link Traits}, united over its messages. */
    int traits() {
        return traits;
    }

    void add(int more) {
        traits |= more;
    }

    /** Whether the next message of it does not fit into what can be kept. */
    boolean isTooLarge() {
        return tooLarge;
    }

    void markTooLarge() {
        tooLarge = true;
    }

    /** The prepared statements that it refers to as they were before it. */
    Set<String> references() {
        return references;
    }

    /** It uses a statement. What it has parsed or closed itself is not looked up any more. */
    boolean refersTo(String statement) {
        return !settled.contains(statement) && references.add(statement);
    }

    /** The statements of its Parse and Close messages, in their order. */
    List<Statement> statements() {
        return statements;
    }

    void parsesOrCloses(Statement statement) {
        statements.add(statement);
        settled.add(statement.name());
    }

    /** Query messages of those of its texts that may change the state of the session. */
    List<byte[]> stateChanges() {
        return stateChanges;
    }

    void changesState(byte[] query) {
        stateChanges.add(query);
    }
}

package pgrouter.request;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.Memory;

/** The prepared statements that the messages of a request are about. Client thread only. */
public final class RequestStatements {
    /** The maximum number of messages about statements in a request that is kept. */
    private static final int MOST = 1000;

    private final NotedBytes noted;
    private Set<String> references = new LinkedHashSet<>();
    private Set<String> settled = new HashSet<>();
    private List<Statement> made = new ArrayList<>();

    /** Null where the first message uses none. */
    private String leading;

    RequestStatements(NotedBytes noted) {
        this.noted = noted;
    }

    void reset() {
        references.clear();
        settled.clear();
        made.clear();
        leading = null;
    }

    /** Releases the memory that a request of many statements has needed. */
    void shrink() {
        references = new LinkedHashSet<>();
        settled = new HashSet<>();
        made = new ArrayList<>();
    }

    /** Notes that the messages so far were sent, and are no longer in the inbox. */
    void consumed() {
        references.forEach(this::settle);
        references.clear();
        made.clear();
        leading = null;
    }

    /** Whether so many of the kept messages are about statements that the request is large, however short their texts are. */
    public boolean areMany() {
        return made.size() >= MOST;
    }

    /** The statement that the first message uses. */
    public Optional<String> leading() {
        return Optional.ofNullable(leading);
    }

    void beginsWith(String statement) {
        leading = statement;
    }

    /** The statements that the request refers to as they were before it. */
    public Set<String> references() {
        return references;
    }

    /**
     * Notes that the request uses a statement. A statement that it has parsed or closed itself is not looked up any
     * more.
     *
     * @return whether this is its first reference to the statement
     */
    public boolean refersTo(String statement) {
        boolean first = !settled.contains(statement) && references.add(statement);
        noted.add(first ? Memory.of(statement) : 0);
        return first;
    }

    private void settle(String name) {
        noted.add(settled.add(name) ? Memory.of(name) : 0);
    }

    /** The statements of its Parse, Describe and Close messages, in their order. */
    public List<Statement> all() {
        return made;
    }

    void parsesOrCloses(Statement statement) {
        made.add(statement);
        settle(statement.name());
    }

    /** Notes a Describe of this statement, or of a portal of it. */
    void describes(Statement statement) {
        made.add(statement);
    }

    /** The statements that the request parses itself, and whose description the client has already. */
    public List<Statement> told() {
        return made.stream()
                .filter(statement -> statement.isKept() && statement.told().isTold())
                .filter(statement -> !references.contains(statement.name()))
                .distinct()
                .toList();
    }

    /** The statement of a name as a later message finds it; unknown where that cannot be determined. */
    public Statement named(String name, Statements session) {
        if (!settled.contains(name)) {
            return session.find(name).orElse(Statement.UNKNOWN);
        }
        for (Statement statement : made.reversed()) {
            if (statement != Statement.UNKNOWN && statement.name().equals(name)) {
                return statement;
            }
        }
        return Statement.UNKNOWN;
    }
}

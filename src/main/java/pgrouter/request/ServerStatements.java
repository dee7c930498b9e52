package pgrouter.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.Memory;

/** Which prepared statements one pipe has, and what is missing there for a request. Used under the relay's lock. */
public final class ServerStatements {
    /** What may be on the server without a name, and is nobody's. */
    private static final Statement DROPPED = Statement.named(Statement.UNNAMED);

    private final Statements session;
    private final Map<String, Statement> known = new HashMap<>();
    private final Set<String> outlived = new LinkedHashSet<>();
    private final List<Change> unconfirmed = new ArrayList<>();

    /** What a request has done to the session's statements. It is true only when the client has the reply. */
    private sealed interface Change {
        record Parsed(Statement statement) implements Change {}

        record Closed(Statement statement) implements Change {}

        record Described(Statement statement, Description description) implements Change {}

        record UnnamedDropped() implements Change {}

        record AllDeallocated() implements Change {}
    }

    ServerStatements(Statements session) {
        this.session = session;
    }

    /**
     * What must be sent before a request so that the pipe has the session's statements.
     *
     * @param close names, first
     * @param parse statements, then
     */
    public record Missing(List<String> close, List<Statement> parse) {
        public static final Missing NOTHING = new Missing(List.of(), List.of());

        public boolean isNothing() {
            return close.isEmpty() && parse.isEmpty();
        }
    }

    /** What the session has pgrouter keep. */
    public Memory.OfSession memory() {
        return session.memory();
    }

    /** Whether the pipe has the session's statement of this name. */
    public boolean has(String name) {
        Optional<Statement> living = session.find(name);
        return living.isPresent() && known.get(name) == living.get();
    }

    /** @param names the statements that the request refers to without parsing them first */
    public Missing missing(Collection<String> names) {
        if (outlived.isEmpty() && hasAll(names)) {
            return Missing.NOTHING;
        }
        List<String> close = new ArrayList<>(outlived);
        List<Statement> parse = new ArrayList<>();
        outlived.clear();
        for (String name : names) {
            compare(name, close, parse);
        }
        return new Missing(close, parse);
    }

    /** The names of all statements of the session that are not here and can be made. */
    public List<String> lacking() {
        return session.names().stream()
                .filter(name -> !name.equals(Statement.UNNAMED) && !hasAll(List.of(name)))
                .toList();
    }

    /** Whether one of these is not here, and the client was told what it returns. */
    public boolean isToCompare(Collection<String> names) {
        return names.stream()
                .anyMatch(name -> session.find(name)
                        .filter(living -> living.told().isTold() && !hasAll(List.of(name)))
                        .isPresent());
    }

    private boolean hasAll(Collection<String> names) {
        for (String name : names) {
            Statement living = session.find(name).orElse(null);
            boolean same = living == null ? !known.containsKey(name) : !living.isKept() || known.get(name) == living;
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private void compare(String name, List<String> close, List<Statement> parse) {
        Optional<Statement> living = session.find(name);
        boolean here = known.containsKey(name);
        if (living.isPresent() && !living.get().isKept()) {
            return;
        }
        boolean closing = close.contains(name);
        if (!closing && living.isPresent() && known.get(name) == living.get()) {
            return;
        }
        if (!closing && here) {
            close.add(name);
        }
        living.ifPresent(parse::add);
    }

    /** The backend has parsed it for the client. */
    public void parsed(Statement statement) {
        known.put(statement.name(), statement);
        unconfirmed.add(new Change.Parsed(statement));
    }

    /** The backend has parsed it for pgrouter: the session had it already. */
    public void caughtUp(Statement statement) {
        known.put(statement.name(), statement);
    }

    /** The backend has described it for the client. */
    public void described(Statement statement, Description description) {
        if (!statement.told().includes(description)) {
            unconfirmed.add(new Change.Described(statement, description));
        }
    }

    /** The statement is here, but is not what the client was told of it: before its next use it is made anew. */
    public void unfit(Statement statement) {
        known.put(statement.name(), Statement.named(statement.name()));
    }

    /** Something was told of a statement by another pipe: this one may have it otherwise. */
    void doubts(Statement statement) {
        if (known.get(statement.name()) == statement) {
            outlived.add(statement.name());
        }
    }

    /** The backend has closed it for the client. */
    public void closed(Statement statement) {
        known.remove(statement.name());
        unconfirmed.add(new Change.Closed(statement));
    }

    /** The reply so far has reached the client. */
    public void confirm() {
        if (unconfirmed.isEmpty()) {
            return;
        }
        for (Change change : unconfirmed) {
            switch (change) {
                case Change.Parsed(Statement statement) -> session.parsed(statement);
                case Change.Closed(Statement statement) -> session.closed(statement.name(), this);
                case Change.Described(Statement statement, Description description) ->
                    session.described(statement, description, this);
                case Change.UnnamedDropped dropped -> session.unnamedDropped();
                case Change.AllDeallocated all -> session.deallocatedAll(this);
            }
        }
        unconfirmed.clear();
    }

    /** The reply was dropped: what it made here has no right to exist. */
    public void revert() {
        for (Change change : unconfirmed) {
            if (change instanceof Change.Parsed(Statement statement)) {
                outlived(statement.name());
            }
        }
        unconfirmed.clear();
    }

    /** The backend has closed it for pgrouter. */
    public void dropped(Statement statement) {
        known.remove(statement.name());
    }

    /** SQL has prepared it here. */
    public void prepared(Statement statement) {
        known.put(statement.name(), statement);
        session.parsed(statement);
    }

    /** SQL has taken a statement away here. */
    public void deallocated(String name) {
        known.remove(name);
        session.closed(name, this);
    }

    /** SQL has taken all statements away here, but the unnamed one. */
    public void deallocatedAll() {
        known.keySet().removeIf(name -> !name.equals(Statement.UNNAMED));
        outlived.clear();
        unconfirmed.add(new Change.AllDeallocated());
    }

    /**
     * A Query of the client has ended, or its Parse of the unnamed statement failed: the session has none any more, nor has the server,
     * unless it could not even read the text ({@code pg_any_to_server} in mbutils.c). Then an older one is there, which must not be used.
     */
    public void unnamedDropped() {
        if (known.containsKey(Statement.UNNAMED)) {
            known.put(Statement.UNNAMED, DROPPED);
        }
        unconfirmed.add(new Change.UnnamedDropped());
    }

    /** A Query of pgrouter's own was sent: the session's unnamed statement lives on. */
    public void unnamedDroppedHere() {
        known.remove(Statement.UNNAMED);
    }

    /** Only its name is kept, until it is closed here. */
    void outlived(String name) {
        Statement here = known.get(name);
        if (here != null && here != DROPPED) {
            known.put(name, Statement.named(name));
            outlived.add(name);
        }
    }
}

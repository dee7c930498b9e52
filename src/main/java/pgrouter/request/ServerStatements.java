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

/** The prepared statements that one server connection has, and those that it lacks for a request. Guarded by the relay's lock. */
public final class ServerStatements {
    /** A statement that may exist on the server without a name, and belongs to no session. */
    private static final Statement DROPPED = Statement.named(Statement.UNNAMED);

    private final Statements session;
    private final Map<String, Statement> known = new HashMap<>();
    private final Set<String> outlived = new LinkedHashSet<>();
    private final List<Change> unconfirmed = new ArrayList<>();

    /** A change that a request has made to the session's statements. It holds only when the client has the reply. */
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
     * The messages that must be sent before a request so that the server connection has the session's statements.
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

    /** The memory of the session in which its statements are counted. */
    public Memory.OfSession memory() {
        return session.memory();
    }

    /** Whether the server connection has the session's statement of this name. */
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

    /** Requests of the client have run again here, which has closed or replaced some of their statements since. */
    public void ranAgain() {
        for (String name : List.copyOf(known.keySet())) {
            if (session.find(name).filter(living -> living == known.get(name)).isEmpty()) {
                outlived(name);
            }
        }
    }

    /** The statement of this name on the server, whose statement it may not be any more. */
    Optional<Statement> here(String name) {
        return Optional.ofNullable(known.get(name));
    }

    /** Takes the names of the statements that must be closed, since they are not the session's any more. */
    List<String> takeOutlived() {
        List<String> names = List.copyOf(outlived);
        outlived.clear();
        return names;
    }

    /** The names of all statements of the session that are missing here and can be made. */
    public List<String> lacking() {
        return session.names().stream()
                .filter(name -> !name.equals(Statement.UNNAMED) && !hasAll(List.of(name)))
                .toList();
    }

    /** Whether one of these is missing here, and the client was told what it returns. */
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

    /** The statement is here, but differs from what the client was told of it. It is made anew before its next use. */
    public void unfit(Statement statement) {
        known.put(statement.name(), Statement.named(statement.name()));
    }

    /** Another server connection has described a statement: this one may have it otherwise. */
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

    /** The reply was dropped: the statements that it made here are not the session's. */
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

    /** SQL has deallocated a statement here. */
    public void deallocated(String name) {
        known.remove(name);
        session.closed(name, this);
    }

    /** SQL has deallocated all statements here, except the unnamed one. */
    public void deallocatedAll() {
        known.keySet().removeIf(name -> !name.equals(Statement.UNNAMED));
        outlived.clear();
        unconfirmed.add(new Change.AllDeallocated());
    }

    /**
     * A Query of the client has ended, or its Parse of the unnamed statement failed. Neither the session nor the server
     * has an unnamed statement any more, unless the server could not even read the text ({@code pg_any_to_server} in
     * mbutils.c). Then an older one is there, which must not be used.
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

    /** Keeps only the name, until the statement is closed here. */
    void outlived(String name) {
        Statement here = known.get(name);
        if (here != null && here != DROPPED) {
            known.put(name, Statement.named(name));
            outlived.add(name);
        }
    }
}

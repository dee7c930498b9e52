package pgrouter.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which prepared statements one pipe has, and what is missing there for a request. Used by the thread that has the turn. */
final class PipeStatements {
    private final Statements session;
    private final Map<String, Statement> known = new HashMap<>();
    private final Set<String> outlived = new LinkedHashSet<>();
    private final List<Change> unconfirmed = new ArrayList<>();

    /** What a reply has done to a statement. It is the session's only when the client has that reply. */
    private record Change(Statement statement, boolean closed) {}

    PipeStatements(Statements session) {
        this.session = session;
    }

    /**
     * What must be sent before a request so that the pipe has the session's statements.
     *
     * @param close names, first
     * @param parse statements, then
     */
    record Missing(List<String> close, List<Statement> parse) {
        static final Missing NOTHING = new Missing(List.of(), List.of());
    }

    /** @param names the statements that the request refers to without parsing them first */
    Missing missing(Collection<String> names) {
        if (names.isEmpty() && outlived.isEmpty()) {
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

    private void compare(String name, List<String> close, List<Statement> parse) {
        Optional<Statement> living = session.find(name);
        Optional<Statement> here = Optional.ofNullable(known.get(name));
        boolean closing = close.contains(name);
        if (!closing && living.isPresent() && here.isPresent() && living.get().isSame(here.get())) {
            return;
        }
        if (!closing && here.isPresent()) {
            close.add(name);
        }
        living.ifPresent(parse::add);
    }

    /** The backend has parsed it for the client. */
    void parsed(Statement statement) {
        known.put(statement.name(), statement);
        unconfirmed.add(new Change(statement, false));
    }

    /** The backend has parsed it for pgrouter: the session had it already. */
    void caughtUp(Statement statement) {
        known.put(statement.name(), statement);
    }

    /** The backend has closed it for the client. */
    void closed(Statement statement) {
        known.remove(statement.name());
        unconfirmed.add(new Change(statement, true));
    }

    /** The reply so far has reached the client. */
    void confirm() {
        for (Change change : unconfirmed) {
            if (change.closed()) {
                session.closed(change.statement().name(), this);
            } else {
                session.parsed(change.statement());
            }
        }
        unconfirmed.clear();
    }

    /** The reply was dropped: what it made here has no right to exist. */
    void revert() {
        for (Change change : unconfirmed) {
            outlived(change.statement().name());
        }
        unconfirmed.clear();
    }

    /** The backend has closed it for pgrouter. */
    void dropped(Statement statement) {
        known.remove(statement.name());
    }

    /** A Query was sent, or a Parse of the unnamed statement failed: either way the server has none any more. */
    void unnamedDropped() {
        known.remove(Statement.UNNAMED);
        session.unnamedDropped();
    }

    void outlived(String name) {
        if (known.containsKey(name)) {
            outlived.add(name);
        }
    }
}

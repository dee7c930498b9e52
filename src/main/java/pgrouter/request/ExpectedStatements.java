package pgrouter.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The prepared statements that a server connection will have when it has answered all that was sent: so several
 * requests can be sent at once. Guarded by the relay's lock.
 */
public final class ExpectedStatements {
    private final ServerStatements here;

    /** The names that something sent has changed. */
    private final Map<String, Optional<Statement>> changed = new HashMap<>();

    public ExpectedStatements(ServerStatements here) {
        this.here = here;
    }

    /** Returns the messages that must be sent before a request that uses these. They are expected from then on. */
    public ServerStatements.Missing missing(Collection<Statement> used) {
        List<String> close = new ArrayList<>(here.takeOutlived());
        close.forEach(this::closes);
        List<Statement> parse = new ArrayList<>();
        for (Statement statement : used) {
            Optional<Statement> present = present(statement.name());
            if (present.isEmpty() || present.get() != statement) {
                present.ifPresent(other -> close.add(other.name()));
                parse.add(statement);
                parses(statement);
            }
        }
        return new ServerStatements.Missing(close, parse);
    }

    private Optional<Statement> present(String name) {
        Optional<Statement> sent = changed.get(name);
        return sent == null ? here.here(name) : sent;
    }

    public void parses(Statement statement) {
        changed.put(statement.name(), Optional.of(statement));
    }

    public void closes(String name) {
        changed.put(name, Optional.empty());
    }

    /** A Query is sent, at whose beginning the server drops the unnamed statement. */
    public void dropsUnnamed() {
        closes(Statement.UNNAMED);
    }
}

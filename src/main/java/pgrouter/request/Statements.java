package pgrouter.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.client.Memory;
import pgrouter.routing.SuspectNames;

/**
 * The prepared statements of one session, as its client has them: those that were parsed and not closed, on any server
 * connection. The thread that passes on a reply changes them, perhaps while the client thread reads more of the same
 * request.
 */
public final class Statements {
    /** By their names, as {@link #find} returns them: each request asks, and allocates nothing. */
    private final Map<String, Optional<Statement>> living = new ConcurrentHashMap<>();

    private final List<ServerStatements> servers = new ArrayList<>();
    private final Memory.OfSession memory;

    /** @param memory in which they are counted */
    public Statements(Memory.OfSession memory) {
        this.memory = memory;
    }

    /** The memory of the session in which these and other objects are counted. */
    public Memory.OfSession memory() {
        return memory;
    }

    /** The statements of one more server connection; it starts with none. */
    public ServerStatements onNewServer() {
        ServerStatements server = new ServerStatements(this);
        servers.add(server);
        return server;
    }

    public void forget(ServerStatements server) {
        servers.remove(server);
    }

    public Optional<Statement> find(String name) {
        return living.getOrDefault(name, Optional.empty());
    }

    private static Optional<Statement> orNone(Optional<Statement> former) {
        return Objects.requireNonNullElse(former, Optional.empty());
    }

    Collection<String> names() {
        return living.keySet();
    }

    /** The statements that SQL has prepared, and these. */
    public Collection<String> bySql(Collection<String> others) {
        Set<String> names = new LinkedHashSet<>(others);
        living.values().stream()
                .flatMap(Optional::stream)
                .filter(Statement::isBySql)
                .map(Statement::name)
                .forEach(names::add);
        return names;
    }

    void parsed(Statement statement) {
        Optional<Statement> before = orNone(living.put(statement.name(), Optional.of(statement)));
        if (!statement.isUnnamed()) {
            memory.take(statement.bytes() - before.map(Statement::bytes).orElse(0L));
        }
    }

    /** Sets what a statement's text shows with the names that are suspicious now. */
    void found(Statement statement, Statement.Finding finding, SuspectNames under) {
        long before = statement.bytes();
        statement.found(finding, under);
        recount(statement, before);
    }

    private void recount(Statement statement, long before) {
        if (!statement.isUnnamed()
                && find(statement.name()).filter(found -> found == statement).isPresent()) {
            memory.take(statement.bytes() - before);
        }
    }

    /** One server connection has described a statement to the client. */
    void described(Statement statement, Description description, ServerStatements by) {
        long before = statement.bytes();
        statement.told(statement.told().and(description));
        recount(statement, before);
        for (ServerStatements server : servers) {
            if (server != by) {
                server.doubts(statement);
            }
        }
    }

    /** One server connection has closed a statement. The others that still have it close it at their next use. */
    void closed(String name, ServerStatements by) {
        Optional<Statement> closed = orNone(living.remove(name));
        closed.filter(statement -> !statement.isUnnamed()).ifPresent(statement -> memory.take(-statement.bytes()));
        servers.stream().filter(server -> server != by).forEach(server -> server.outlived(name));
    }

    /** One server connection has deallocated all but the unnamed statement. */
    void deallocatedAll(ServerStatements by) {
        List.copyOf(living.keySet()).stream()
                .filter(name -> !name.equals(Statement.UNNAMED))
                .forEach(name -> closed(name, by));
    }

    /** Drops the unnamed statement without closing it: the next Parse of it does that ({@code drop_unnamed_stmt} in postgres.c). */
    void unnamedDropped() {
        living.remove(Statement.UNNAMED);
    }
}

package pgrouter.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.client.Memory;
import pgrouter.routing.SuspectNames;

/**
 * The prepared statements of one session, as its client believes them to be: what was parsed and not closed, on whichever pipe.
 * Changed by the thread that passes on a reply, which may be while the client thread reads more of the same request.
 */
public final class Statements {
    private final Map<String, Statement> living = new ConcurrentHashMap<>();
    private final List<ServerStatements> pipes = new ArrayList<>();
    private final Memory.OfSession memory;

    /** @param memory in which they are counted */
    public Statements(Memory.OfSession memory) {
        this.memory = memory;
    }

    /** What the session has pgrouter keep: these, and more. */
    public Memory.OfSession memory() {
        return memory;
    }

    /** A view of what one more pipe knows; it starts with nothing. */
    public ServerStatements onNewPipe() {
        ServerStatements pipe = new ServerStatements(this);
        pipes.add(pipe);
        return pipe;
    }

    public void forget(ServerStatements pipe) {
        pipes.remove(pipe);
    }

    public Optional<Statement> find(String name) {
        return Optional.ofNullable(living.get(name));
    }

    Collection<String> names() {
        return living.keySet();
    }

    /** Those that SQL has prepared, and these. */
    public Collection<String> bySql(Collection<String> others) {
        Set<String> names = new LinkedHashSet<>(others);
        living.values().stream().filter(Statement::isBySql).map(Statement::name).forEach(names::add);
        return names;
    }

    void parsed(Statement statement) {
        Statement before = living.put(statement.name(), statement);
        if (!statement.isUnnamed()) {
            memory.take(statement.bytes() - (before == null ? 0 : before.bytes()));
        }
    }

    /** What its text shows by what is suspicious in the database now. */
    void found(Statement statement, Statement.Finding finding, SuspectNames under) {
        long before = statement.bytes();
        statement.found(finding, under);
        recount(statement, before);
    }

    private void recount(Statement statement, long before) {
        if (!statement.isUnnamed() && living.get(statement.name()) == statement) {
            memory.take(statement.bytes() - before);
        }
    }

    /** The client was told of a statement what one pipe says of it. */
    void described(Statement statement, Description description, ServerStatements by) {
        long before = statement.bytes();
        statement.told(statement.told().and(description));
        recount(statement, before);
        for (ServerStatements pipe : pipes) {
            if (pipe != by) {
                pipe.doubts(statement);
            }
        }
    }

    /** One pipe has closed a statement: the others that still have it close it when they are used next. */
    void closed(String name, ServerStatements by) {
        Statement closed = living.remove(name);
        if (closed != null && !closed.isUnnamed()) {
            memory.take(-closed.bytes());
        }
        pipes.stream().filter(pipe -> pipe != by).forEach(pipe -> pipe.outlived(name));
    }

    /** One pipe has closed all but the unnamed one. */
    void deallocatedAll(ServerStatements by) {
        List.copyOf(living.keySet()).stream()
                .filter(name -> !name.equals(Statement.UNNAMED))
                .forEach(name -> closed(name, by));
    }

    /** Without asking anybody to close it: the next Parse of it does that ({@code drop_unnamed_stmt} in postgres.c). */
    void unnamedDropped() {
        living.remove(Statement.UNNAMED);
    }
}

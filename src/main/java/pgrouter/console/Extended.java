package pgrouter.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/** The messages of the extended protocol, and the statements and portals that they make. Client thread only. */
final class Extended {
    /** The maximum of statements, and of portals, of one client. */
    private static final int MOST = 100;

    private static final int TEXT = 0;
    private static final int BINARY = 1;

    private final Running running;
    private final Transaction transaction;
    private final Output out;
    private final Map<String, Prepared> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();

    /** Runs a command. */
    interface Running {
        Result run(Command command) throws Rejected, InterruptedException;
    }

    Extended(Running running, Transaction transaction, Output out) {
        this.running = running;
        this.transaction = transaction;
        this.out = out;
    }

    /** Closes the portals, which end with their transaction. */
    void endPortals() {
        portals.clear();
    }

    /** Closes the unnamed statement and portal, which a simple query ends. */
    void endUnnamed() {
        statements.remove("");
        portals.remove("");
    }

    void message(byte tag, MessageReader body) throws ProtocolException, Rejected, InterruptedException {
        switch (tag) {
            case FrontendTag.PARSE -> parse(body);
            case FrontendTag.BIND -> bind(body);
            case FrontendTag.DESCRIBE -> describe(body);
            case FrontendTag.EXECUTE -> execute(body);
            case FrontendTag.CLOSE -> close(body);
            default -> throw new ProtocolException("invalid frontend message type " + (tag & 0xff));
        }
    }

    private void parse(MessageReader body) throws ProtocolException, Rejected {
        String name = body.string();
        String text = body.string();
        List<Integer> types = new ArrayList<>();
        for (int left = body.int16(); left > 0; left--) {
            types.add(body.int32());
        }
        end(body);
        List<Command> commands = StatementParser.parse(text);
        if (commands.size() > 1) {
            throw new Rejected(SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
        }
        Optional<Command> command = commands.stream().findFirst();
        if (command.isPresent()) {
            transaction.require(command.get());
        }
        if (!name.isEmpty() && statements.containsKey(name)) {
            throw new Rejected(
                    SqlState.DUPLICATE_PREPARED_STATEMENT, "prepared statement \"" + name + "\" already exists");
        }
        keep(statements, name, new Prepared(command, List.copyOf(types)));
        out.add(BackendMessage.bare(BackendTag.PARSE_COMPLETE));
    }

    private void bind(MessageReader body) throws ProtocolException, Rejected {
        String name = body.string();
        String statement = body.string();
        List<Integer> parameterFormats = formats(body);
        int parameters = body.int16();
        for (int left = parameters; left > 0; left--) {
            int length = body.int32();
            if (length != -1) {
                body.bytes(length);
            }
        }
        List<Integer> resultFormats = formats(body);
        end(body);
        Prepared prepared = statement(statement);
        int declared = prepared.types().size();
        if (parameters != declared) {
            throw new Rejected(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message supplies %d parameters, but prepared statement \"%s\" requires %d"
                            .formatted(parameters, statement, declared));
        }
        if (parameterFormats.size() > 1 && parameterFormats.size() != parameters) {
            throw new Rejected(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message has %d parameter formats but %d parameters"
                            .formatted(parameterFormats.size(), parameters));
        }
        if (prepared.command().isPresent()) {
            transaction.require(prepared.command().get());
        }
        if (!name.isEmpty() && portals.containsKey(name)) {
            throw new Rejected(SqlState.DUPLICATE_CURSOR, "cursor \"" + name + "\" already exists");
        }
        keep(portals, name, new Portal(prepared.command(), ofColumns(resultFormats, columns(prepared.command()))));
        out.add(BackendMessage.bare(BackendTag.BIND_COMPLETE));
    }

    private static List<Integer> formats(MessageReader body) throws ProtocolException, Rejected {
        List<Integer> formats = new ArrayList<>();
        for (int left = body.int16(); left > 0; left--) {
            int format = body.int16();
            if (format != TEXT && format != BINARY) {
                throw new Rejected(SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: " + format);
            }
            formats.add(format);
        }
        return formats;
    }

    /** The formats of the columns. No format means text for all, and one format holds for all. */
    private static int[] ofColumns(List<Integer> given, int columns) throws Rejected {
        if (given.size() > 1 && given.size() != columns) {
            throw new Rejected(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message has %d result formats but query has %d columns".formatted(given.size(), columns));
        }
        int[] formats = new int[columns];
        for (int i = 0; i < columns && !given.isEmpty(); i++) {
            formats[i] = given.get(given.size() == 1 ? 0 : i);
        }
        return formats;
    }

    private static int columns(Optional<Command> command) {
        return command.flatMap(Commands::columns).map(List::size).orElse(0);
    }

    private void describe(MessageReader body) throws ProtocolException, Rejected {
        byte kind = body.int8();
        String name = body.string();
        end(body);
        switch (kind) {
            case 'S' -> {
                Prepared prepared = statement(name);
                out.add(BackendMessage.parameterDescription(prepared.types()));
                rows(prepared.command(), new int[columns(prepared.command())]);
            }
            case 'P' -> rows(portal(name).command(), portal(name).formats());
            default -> throw new ProtocolException("invalid DESCRIBE message subtype " + kind);
        }
    }

    private void rows(Optional<Command> command, int[] formats) {
        Optional<List<String>> columns = command.flatMap(Commands::columns);
        out.add(
                columns.isPresent()
                        ? BackendMessage.rowDescription(columns.get(), formats)
                        : BackendMessage.bare(BackendTag.NO_DATA));
    }

    private void execute(MessageReader body) throws ProtocolException, Rejected, InterruptedException {
        String name = body.string();
        int most = body.int32();
        end(body);
        Portal portal = portal(name);
        if (portal.command().isEmpty()) {
            out.add(BackendMessage.bare(BackendTag.EMPTY_QUERY_RESPONSE));
            return;
        }
        if (!portal.isRun()) {
            portal.ran(running.run(portal.command().get()));
        } else if (columns(portal.command()) == 0) {
            throw new Rejected(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"" + name + "\" cannot be run");
        }
        portal.fetch(columns(portal.command()) == 0 ? 0 : most, out);
    }

    /** Closes a statement or portal. One that does not exist is no error. */
    private void close(MessageReader body) throws ProtocolException {
        byte kind = body.int8();
        String name = body.string();
        end(body);
        switch (kind) {
            case 'S' -> statements.remove(name);
            case 'P' -> portals.remove(name);
            default -> throw new ProtocolException("invalid CLOSE message subtype " + kind);
        }
        out.add(BackendMessage.bare(BackendTag.CLOSE_COMPLETE));
    }

    private Prepared statement(String name) throws Rejected {
        Prepared prepared = statements.get(name);
        if (prepared == null) {
            String which = name.isEmpty() ? "unnamed prepared statement" : "prepared statement \"" + name + "\"";
            throw new Rejected(SqlState.INVALID_SQL_STATEMENT_NAME, which + " does not exist");
        }
        return prepared;
    }

    private Portal portal(String name) throws Rejected {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw new Rejected(SqlState.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist");
        }
        return portal;
    }

    private static <T> void keep(Map<String, T> all, String name, T one) throws Rejected {
        if (all.size() >= MOST && !all.containsKey(name)) {
            throw new Rejected(SqlState.PROGRAM_LIMIT_EXCEEDED, "the console keeps at most " + MOST + " of a client");
        }
        all.put(name, one);
    }

    private static void end(MessageReader body) throws ProtocolException {
        if (body.remaining() != 0) {
            throw new ProtocolException("invalid message format");
        }
    }
}

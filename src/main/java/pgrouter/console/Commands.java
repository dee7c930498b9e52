package pgrouter.console;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.log.Log;
import pgrouter.protocol.SqlState;

/** Runs commands, for one client. Logs each command that changes something. Client thread only. */
final class Commands {
    private static final Log LOG = Log.of("console");

    private final Facts facts;
    private final Operations operations;
    private final String user;

    Commands(Facts facts, Operations operations, String user) {
        this.facts = facts;
        this.operations = operations;
        this.user = user;
    }

    /** The columns of the rows of a command; empty where it has none. */
    static Optional<List<String>> columns(Command command) {
        return switch (command) {
            case Command.Show(Table table) -> Optional.of(table.columns());
            case Command.Parameter(String name) -> Optional.of(List.of(name));
            case Command.Constant constant -> Optional.of(List.of("?column?"));
            case Command.Drain drain -> Optional.empty();
            case Command.Resume resume -> Optional.empty();
            case Command.Reload reload -> Optional.empty();
            case Command.ForgetLearned forget -> Optional.empty();
            case Command.ForgetShapes forget -> Optional.empty();
            case Command.Kill kill -> Optional.empty();
            case Command.ShutDown shutDown -> Optional.empty();
            case Command.Transaction transaction -> Optional.empty();
            case Command.Nothing nothing -> Optional.empty();
        };
    }

    /** @throws Rejected where it cannot be done */
    Result run(Command command) throws Rejected, InterruptedException {
        return switch (command) {
            case Command.Show(Table table) -> Result.of(Tables.rows(table, facts, Instant.now()), "SHOW");
            case Command.Parameter(String name) -> Result.of(parameter(name), "SHOW");
            case Command.Constant(String value) -> Result.of(List.of(List.of(Optional.of(value))), "SELECT 1");
            case Command.Drain(String backend) -> drain(node(backend));
            case Command.Resume(String backend) -> resume(node(backend));
            case Command.Reload reload -> reload();
            case Command.ForgetLearned forget -> forgetLearned();
            case Command.ForgetShapes forget -> forgetShapes();
            case Command.Kill(long client) -> kill(client);
            case Command.ShutDown(boolean immediate) -> shutDown(immediate);
            case Command.Transaction(Command.Kind kind) -> Result.done(kind.name());
            case Command.Nothing(String tag) -> Result.done(tag);
        };
    }

    private static List<List<Optional<String>>> parameter(String name) throws Rejected {
        Optional<String> value = Parameters.value(name);
        if (value.isEmpty()) {
            throw new Rejected(
                    SqlState.UNDEFINED_OBJECT, "the console has no \"" + name + "\"; SHOW HELP names what it has");
        }
        return List.of(List.of(value));
    }

    private Node node(String name) throws Rejected {
        return facts.cluster().view().nodes().stream()
                .filter(node -> node.backend().address().toString().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new Rejected(
                        SqlState.UNDEFINED_OBJECT, "there is no backend " + name + "; SHOW BACKENDS names them"));
    }

    private Result drain(Node node) {
        Address address = node.backend().address();
        boolean changed = change(address, true);
        said("DRAIN " + address + (changed ? "" : ", which it was"));
        return node.isPrimary()
                ? Result.done(
                        "DRAIN",
                        address
                                + " is the primary: what is for the primary goes there all the same, and so do reads that"
                                + " no standby can take")
                : Result.done("DRAIN");
    }

    private Result resume(Node node) {
        Address address = node.backend().address();
        boolean changed = change(address, false);
        said("RESUME " + address + (changed ? "" : ", which was not drained"));
        return node.backend().weight() == 0
                ? Result.done("RESUME", address + " has the weight 0 in the configuration, and gets no reads for that")
                : Result.done("RESUME");
    }

    private boolean change(Address address, boolean drained) {
        Cluster.Change change = facts.cluster().change(view -> view.drained(address, drained));
        return !change.before().equals(change.after());
    }

    private Result reload() throws Rejected, InterruptedException {
        said("RELOAD");
        List<String> problems = operations.reload();
        if (!problems.isEmpty()) {
            throw new Rejected(SqlState.CONFIG_FILE_ERROR, "not reloaded: " + String.join("\n", problems));
        }
        return Result.done("RELOAD");
    }

    private Result forgetLearned() {
        said("FORGET LEARNED");
        facts.learned().forget();
        return Result.done("FORGET");
    }

    private Result forgetShapes() {
        said("FORGET SHAPES");
        facts.shapes().forget();
        return Result.done("FORGET");
    }

    private Result kill(long client) throws Rejected {
        if (!operations.kill(client)) {
            throw new Rejected(SqlState.UNDEFINED_OBJECT, "there is no client " + client + "; SHOW CLIENTS names them");
        }
        said("KILL CLIENT " + client);
        return Result.done("KILL");
    }

    private Result shutDown(boolean immediate) {
        said(immediate ? "SHUTDOWN IMMEDIATE" : "SHUTDOWN");
        if (immediate) {
            operations.shutDownAtOnce();
        } else {
            operations.shutDown();
        }
        return Result.done("SHUTDOWN");
    }

    private void said(String command) {
        LOG.info("user \"" + user + "\": " + command);
    }
}

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What every target is asked to do. */
sealed interface Workload {
    /** The name as --only knows it, and after it the protocol where there is one run for each. */
    String name();

    /** What makes a run special. */
    enum Trait {
        /** It changes tables: they are cleaned up before, and the standbys are waited for after it. */
        WRITES,
        /** Each transaction has a connection of its own. */
        RECONNECTS,
        PREPARES,
        /** pgrouter begins its transactions on standbys. */
        OPTIMISTIC,
        ENCRYPTS
    }

    /**
     * A run of pgbench.
     *
     * @param requests how often a transaction waits for an answer
     * @param arguments of pgbench, besides those that all runs have
     */
    record Pgbench(String name, int clients, int requests, Set<Trait> traits, List<String> arguments)
            implements Workload {}

    /**
     * One statement that moves much data.
     *
     * @param input what psql sends after the statement
     * @param bytes the text of all values, a separator after each
     */
    record Transfer(String name, String sql, Path input, long bytes) implements Workload {}
}

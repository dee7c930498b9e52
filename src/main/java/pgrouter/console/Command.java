package pgrouter.console;

/** The command that a statement of the console asks for. */
sealed interface Command {
    /** {@code SHOW} of a table. */
    record Show(Table table) implements Command {}

    /** {@code SHOW} of a parameter, as drivers ask for it; in lower case. */
    record Parameter(String name) implements Command {}

    /** {@code SELECT} of a number, by which a connection is tested. */
    record Constant(String value) implements Command {}

    /** No new reads at a backend. */
    record Drain(String backend) implements Command {}

    /** New reads at a backend again. */
    record Resume(String backend) implements Command {}

    record Reload() implements Command {}

    record ForgetLearned() implements Command {}

    record ForgetShapes() implements Command {}

    /** @param client the number of the client */
    record Kill(long client) implements Command {}

    record ShutDown(boolean immediate) implements Command {}

    /** Begins or ends a transaction, which contains no changes. */
    record Transaction(Kind kind) implements Command {}

    /** Accepted without an effect: {@code SET} and the like. */
    record Nothing(String tag) implements Command {}

    /** The kinds of transaction statements. */
    enum Kind {
        BEGIN,
        COMMIT,
        ROLLBACK
    }
}

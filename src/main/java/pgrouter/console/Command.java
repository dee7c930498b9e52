package pgrouter.console;

/** What a statement of the console asks for. */
sealed interface Command {
    /** {@code SHOW} of a table. */
    record Show(Table table) implements Command {}

    /** {@code SHOW} of a parameter, as drivers ask for it; in lower case. */
    record Parameter(String name) implements Command {}

    /** {@code SELECT} of a number, by which a connection is tried. */
    record Constant(String value) implements Command {}

    /** No new reads there. */
    record Drain(String backend) implements Command {}

    /** Reads there again. */
    record Resume(String backend) implements Command {}

    record Reload() implements Command {}

    record ForgetLearned() implements Command {}

    /** @param client its number */
    record Kill(long client) implements Command {}

    record ShutDown(boolean immediate) implements Command {}

    /** Begins or ends a transaction, in which nothing is. */
    record Transaction(Kind kind) implements Command {}

    /** Accepted, and nothing done: {@code SET} and the like. */
    record Nothing(String tag) implements Command {}

    /** What a transaction statement does. */
    enum Kind {
        BEGIN,
        COMMIT,
        ROLLBACK
    }
}

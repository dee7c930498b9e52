package pgrouter.routing;

/** Where a request goes, and why. */
public sealed interface Route {
    /** The session's standby; a refusal goes to the writer. */
    record Reader() implements Route {}

    /** The primary. */
    record Writer(Reason reason) implements Route {}

    /** The rule that chose the writer, in the order of the rules. */
    enum Reason {
        /** The session's state lives on the primary. */
        PINNED,
        /** The application has asked for it. */
        HINT,
        /** The text says that a standby cannot run it, or would do something else. */
        STATEMENT,
        /** It is too large to be kept for a redirect. */
        TOO_LARGE,
        /** The session wrote, and no suitable standby has replayed that yet. */
        OWN_WRITES,
        /** No standby is suitable. */
        NO_READER
    }

    Route READER = new Reader();
    Route PINNED = new Writer(Reason.PINNED);
    Route HINT = new Writer(Reason.HINT);
    Route STATEMENT = new Writer(Reason.STATEMENT);
    Route TOO_LARGE = new Writer(Reason.TOO_LARGE);
    Route OWN_WRITES = new Writer(Reason.OWN_WRITES);
    Route NO_READER = new Writer(Reason.NO_READER);
}

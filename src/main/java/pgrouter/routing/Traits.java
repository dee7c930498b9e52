package pgrouter.routing;

/** What the text of a request shows, as bits that are united over its statements. No bit at all: nothing speaks against a reader. */
public final class Traits {
    public static final int NONE = 0;

    /** A standby would refuse it, or do something else without refusing, or nobody can tell from here. */
    public static final int WRITER = 1;

    /** It opens a transaction that its client declares read-only and that a standby can run. */
    public static final int READ_ONLY_TRANSACTION = 1 << 1;

    /** It may change the state of the session on the server. */
    public static final int STATE = 1 << 2;

    /** It uses prepared statements by SQL: EXECUTE, DEALLOCATE and the like. */
    public static final int PREPARED_BY_NAME = 1 << 3;

    /** It calls a function that is not known to be harmless: run on the writer, it may have written. */
    public static final int MAY_WRITE = 1 << 4;

    /** It asks for nothing but reading, as far as the text shows. */
    public static final int READS = 1 << 5;

    /** The application asks for the primary. */
    public static final int HINT_WRITER = 1 << 6;

    /** The application asks for a standby: its text has WRITER only where that is not to be had. */
    public static final int HINT_READER = 1 << 7;

    private Traits() {}

    public static boolean has(int traits, int trait) {
        return (traits & trait) != 0;
    }
}

package pgrouter.routing;

/** What the text of a request shows, as bits that are united over its statements. No bit at all: nothing speaks against a reader. */
public final class Traits {
    public static final int NONE = 0;

    /** A standby would refuse it, or do something else without refusing, or nobody can tell from here. */
    public static final int WRITER = 1;

    /** It opens a transaction that its client declares read-only and that a standby can run. */
    public static final int READ_ONLY_TRANSACTION = 1 << 1;

    /** It opens a transaction without saying whether that is read-only; in a session whose default that is, a standby can run it. */
    public static final int OPEN_TRANSACTION = 1 << 2;

    /** It calls a function that is not known to be harmless: run on the writer, it may have written. */
    public static final int MAY_WRITE = 1 << 3;

    /** It asks for nothing but reading, as far as the text shows. */
    public static final int READS = 1 << 4;

    /** The application asks for the primary. */
    public static final int HINT_WRITER = 1 << 5;

    /** The application asks for a standby: its text has WRITER only where that is not to be had. */
    public static final int HINT_READER = 1 << 6;

    /** It names a prepared statement in SQL: PREPARE, EXECUTE, DEALLOCATE. */
    public static final int NAMES_STATEMENT = 1 << 7;

    /** It executes statements that were prepared before: their traits count too. */
    public static final int EXECUTES = 1 << 8;

    /** It asks for the size of relations, which an unlogged one does not have on a standby. */
    public static final int SIZES = 1 << 9;

    /** It shows a setting of pgrouter's own. */
    public static final int SHOWS_OWN_SETTING = 1 << 10;

    /** It may take away what has kept the session on the writer: CLOSE and DROP. */
    public static final int CLOSES = 1 << 11;

    /** What only a use as a relation means, of a name that a catalog calls suspicious. */
    public static final int AS_RELATION = 1 << 12;

    /** It sets the characteristics of the transaction that it is in. */
    public static final int ADJUSTS_TRANSACTION = 1 << 13;

    /** It makes a relation of which a standby has nothing. */
    public static final int UNLOGGED = 1 << 14;

    /**
     * It sets parameters for its transaction only. One with a dot in its name is there from then on, with an empty value where it had
     * none.
     */
    public static final int LOCAL_SETTINGS = 1 << 15;

    /** It may have changed parameters, whose names are known. */
    public static final int SETTINGS = 1 << 16;

    /** It may have changed any parameter: RESET ALL and DISCARD ALL. */
    public static final int ALL_SETTINGS = 1 << 17;

    /** It may have made or dropped prepared statements by SQL. */
    public static final int STATEMENTS = 1 << 18;

    /** It may have made or dropped temporary objects. */
    public static final int TEMPORARY = 1 << 19;

    /** It may have taken or released advisory locks. */
    public static final int ADVISORY = 1 << 20;

    /** It may have begun or ended to listen. */
    public static final int LISTENS = 1 << 21;

    /** It may have opened or closed a cursor that outlives its transaction. */
    public static final int HOLDS = 1 << 22;

    /** It loads a library into the server's process. */
    public static final int LOADS = 1 << 23;

    /** It seeds the random numbers of the session. */
    public static final int SEEDS = 1 << 24;

    /** It may have changed the session in a way that nobody can ask the server about. */
    public static final int UNKNOWN_STATE = 1 << 25;

    /** It may change the state of the session on the server. */
    public static final int STATE = SETTINGS
            | ALL_SETTINGS
            | STATEMENTS
            | TEMPORARY
            | ADVISORY
            | LISTENS
            | HOLDS
            | LOADS
            | SEEDS
            | UNKNOWN_STATE;

    /** It begins another transaction where one ends. */
    public static final int CHAINS = 1 << 26;

    /** Its first statement ends a transaction. */
    public static final int ENDS_FIRST = 1 << 27;

    /** It has more than one statement. */
    public static final int MULTIPLE = 1 << 28;

    /** Its first statement ends a transaction without keeping it. */
    public static final int ROLLS_BACK = 1 << 29;

    private Traits() {}

    public static boolean has(int traits, int trait) {
        return (traits & trait) != 0;
    }
}

package pgrouter.routing;

/**
 * The traits of the text of a request, as bits that are united over its statements. No bit at all: the request may go
 * to a reader.
 */
public final class Traits {
    public static final long NONE = 0;

    /** A standby would refuse it, or do something else without refusing, or its effect is unknown. */
    public static final long WRITER = 1L;

    /** It opens a transaction that its client declares read-only and that a standby can run. */
    public static final long READ_ONLY_TRANSACTION = 1L << 1;

    /** It opens a transaction without an access mode; in a session whose default is read-only, a standby can run it. */
    public static final long OPEN_TRANSACTION = 1L << 2;

    /** It calls a function that is not known to be harmless. On the writer it may have written. */
    public static final long MAY_WRITE = 1L << 3;

    /** It only asks to read, as far as the text shows. */
    public static final long READS = 1L << 4;

    /** The application asks for the primary. */
    public static final long HINT_WRITER = 1L << 5;

    /** The application asks for a standby: its text has WRITER only where that cannot be granted. */
    public static final long HINT_READER = 1L << 6;

    /** It names a prepared statement in SQL: PREPARE, EXECUTE, DEALLOCATE. */
    public static final long NAMES_STATEMENT = 1L << 7;

    /** It executes statements that were prepared before: their traits count too. */
    public static final long EXECUTES = 1L << 8;

    /** It asks for the size of relations, which an unlogged one does not have on a standby. */
    public static final long SIZES = 1L << 9;

    /** It shows a setting of pgrouter's own. */
    public static final long SHOWS_OWN_SETTING = 1L << 10;

    /** It may remove what has kept the session on the writer: CLOSE and DROP. */
    public static final long CLOSES = 1L << 11;

    /** Marks the traits of a suspicious name that only its use as a relation has. */
    public static final long AS_RELATION = 1L << 12;

    /** It sets the characteristics of its transaction. */
    public static final long ADJUSTS_TRANSACTION = 1L << 13;

    /** It makes a relation that is empty on a standby. */
    public static final long UNLOGGED = 1L << 14;

    /**
     * It sets parameters for its transaction only. A parameter with a dot in its name exists from then on, with an
     * empty value if it had none.
     */
    public static final long LOCAL_SETTINGS = 1L << 15;

    /** It may have changed parameters, whose names are known. */
    public static final long SETTINGS = 1L << 16;

    /** It may have changed any parameter: RESET ALL and DISCARD ALL. */
    public static final long ALL_SETTINGS = 1L << 17;

    /** It may have made or dropped prepared statements by SQL. */
    public static final long STATEMENTS = 1L << 18;

    /** It may have made or dropped temporary objects. */
    public static final long TEMPORARY = 1L << 19;

    /** It may have taken or released advisory locks. */
    public static final long ADVISORY = 1L << 20;

    /** It may have begun or ended to listen. */
    public static final long LISTENS = 1L << 21;

    /** It may have opened or closed a cursor that outlives its transaction. */
    public static final long HOLDS = 1L << 22;

    /** It loads a library into the server's process. */
    public static final long LOADS = 1L << 23;

    /** It seeds the random numbers of the session. */
    public static final long SEEDS = 1L << 24;

    /** It may have changed the session in a way about which the server cannot be asked. */
    public static final long UNKNOWN_STATE = 1L << 25;

    /** It may change the state of the session on the server. */
    public static final long STATE = SETTINGS
            | ALL_SETTINGS
            | STATEMENTS
            | TEMPORARY
            | ADVISORY
            | LISTENS
            | HOLDS
            | LOADS
            | SEEDS
            | UNKNOWN_STATE;

    /** It calls a function that neither PostgreSQL nor the catalog as it was read has. */
    public static final long UNKNOWN_FUNCTION = 1L << 50;

    /** It may call functions of users. */
    public static final long CALLS = 1L << 51;

    /** It begins another transaction where one ends. */
    public static final long CHAINS = 1L << 26;

    /** Its first statement ends a transaction. */
    public static final long ENDS_FIRST = 1L << 27;

    /** It has more than one statement. */
    public static final long MULTIPLE = 1L << 28;

    /** It rolls back a transaction with its first statement. */
    public static final long ROLLS_BACK = 1L << 29;

    /** It only resets the session, by statements that are known ({@link SessionCommands}). */
    public static final long RESETS = 1L << 40;

    /** It makes the session forget the values that it has drawn from sequences. */
    public static final long FORGETS_SEQUENCES = 1L << 41;

    /** It only sets parameters for the session, to values in its text. */
    public static final long ASSIGNS = 1L << 42;

    /** It sets them by a function, which may be another one than it seems. */
    public static final long ASSIGNS_BY_CALL = 1L << 43;

    /** It sets parameters for its transaction only, whatever their names are. */
    public static final long SETS_LOCALLY = 1L << 44;

    /** The server may report a parameter that it has set, at once or at the end of its transaction. */
    public static final long MAY_REPORT =
            SETTINGS | ALL_SETTINGS | LOCAL_SETTINGS | SETS_LOCALLY | UNKNOWN_STATE | UNKNOWN_FUNCTION;

    /** It makes, changes or drops a database, to which no other connection may exist: CREATE counts for its template. */
    public static final long DATABASES = 1L << 30;

    /** It lists the prepared statements of the session. */
    public static final long LISTS_STATEMENTS = 1L << 38;

    /**
     * It exports the snapshot of its transaction. The name is known to that node only, and the session that imports it
     * looks for it on the primary.
     */
    public static final long EXPORTS_SNAPSHOT = 1L << 31;

    /**
     * It may leave in the server's process what DISCARD ALL does not remove and about which the server cannot be asked:
     * a parameter with a dot in its name, which no text shows, or data that the functions of a language keep for each
     * other.
     */
    public static final long LEAVES = 1L << 52;

    /** It may change the schemas in which names are looked for: by a parameter, or in a text that pgrouter does not see. */
    public static final long MAY_MOVE = MAY_REPORT | LEAVES;

    private Traits() {}

    public static boolean has(long traits, long trait) {
        return (traits & trait) != 0;
    }
}

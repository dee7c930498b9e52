package pgrouter.routing;

/**
 * The traits of the text of a request that matter for its route, as bits that are united over its statements. No bit at
 * all: the request may go to a reader. {@link StateTraits} has what the text does to the session.
 */
public final class Traits {
    public static final long NONE = 0;

    /** A standby would refuse it, or do something else without refusing, or its effect is unknown. */
    public static final long WRITER = 1L;

    /** It calls a function that is not known to be harmless. On the writer it may have written. */
    public static final long MAY_WRITE = 1L << 1;

    /** It only asks to read, as far as the text shows. */
    public static final long READS = 1L << 2;

    /** The application asks for the primary. */
    public static final long HINT_WRITER = 1L << 3;

    /** The application asks for a standby: its text has {@link #FOR_WRITER} only where that cannot be granted. */
    public static final long HINT_READER = 1L << 4;

    /** It opens a transaction that its client declares read-only and that a standby can run. */
    public static final long READ_ONLY_TRANSACTION = 1L << 5;

    /** It opens a transaction without an access mode; in a session whose default is read-only, a standby can run it. */
    public static final long OPEN_TRANSACTION = 1L << 6;

    /** It sets the characteristics of its transaction. */
    public static final long ADJUSTS_TRANSACTION = 1L << 7;

    /** Its first statement ends a transaction. */
    public static final long ENDS_FIRST = 1L << 8;

    /** It rolls back a transaction with its first statement. */
    public static final long ROLLS_BACK = 1L << 9;

    /** It begins another transaction where one ends. */
    public static final long CHAINS = 1L << 10;

    /** It has more than one statement. */
    public static final long MULTIPLE = 1L << 11;

    /** It names a prepared statement in SQL: PREPARE, EXECUTE, DEALLOCATE. */
    public static final long NAMES_STATEMENT = 1L << 12;

    /** It lists the prepared statements of the session. */
    public static final long LISTS_STATEMENTS = 1L << 13;

    /** It shows a setting of pgrouter's own. */
    public static final long SHOWS_OWN_SETTING = 1L << 14;

    /** It may call functions of users. */
    public static final long CALLS = 1L << 15;

    /** It calls a function that neither PostgreSQL nor the catalog as it was read has. */
    public static final long UNKNOWN_FUNCTION = 1L << 16;

    /** Marks the traits of a suspicious name that only its use as a relation has. */
    public static final long AS_RELATION = 1L << 17;

    /** It asks for the size of relations, which an unlogged one does not have on a standby. */
    public static final long SIZES = 1L << 18;

    /** It makes a relation that is empty on a standby. */
    public static final long UNLOGGED = 1L << 19;

    /** It makes, changes or drops a database, to which no other connection may exist: CREATE counts for its template. */
    public static final long DATABASES = 1L << 20;

    /**
     * It exports the snapshot of its transaction. The name is known to that node only, and the session that imports it
     * looks for it on the primary.
     */
    public static final long EXPORTS_SNAPSHOT = 1L << 21;

    /**
     * It begins, ends or adjusts a transaction, and a standby's transaction can run it as well as one of the primary.
     * Outside transactions of a standby it is for the writer.
     */
    public static final long CONTROLS_TRANSACTION = 1L << 22;

    /**
     * Its result may differ from run to run, or between two nodes with the same data: it depends on the clock, on
     * chance, or on the node. A call that {@link #MAY_WRITE} shows may do so too.
     */
    public static final long VARIES = 1L << 23;

    /** The transaction that it begins or adjusts for a standby has one snapshot: REPEATABLE READ. */
    public static final long ONE_SNAPSHOT = 1L << 24;

    /** It has the word ORDER: the order of the rows of its result, or of an aggregate, may be a part of the result. */
    public static final long ORDERED = 1L << 25;

    /**
     * It names {@code synchronous_commit}: from then on commits of its session may be acknowledged before their WAL is
     * flushed. {@link StateTraits#SETS_ANY} may do so too.
     */
    public static final long ASYNCHRONOUS = 1L << 26;

    /** It makes a portal with a name, which later requests of its transaction may use. */
    public static final long NAMES_PORTAL = 1L << 27;

    /** It is for the writer, wherever no transaction of a standby can run it. */
    public static final long FOR_WRITER = WRITER | CONTROLS_TRANSACTION;

    /** An optimistic transaction cannot run it on a standby, nor run it once more on the primary. */
    public static final long NOT_OPTIMISTIC = WRITER
            | MAY_WRITE
            | HINT_WRITER
            | CHAINS
            | NAMES_STATEMENT
            | LISTS_STATEMENTS
            | SHOWS_OWN_SETTING
            | CALLS
            | UNKNOWN_FUNCTION
            | UNLOGGED
            | DATABASES
            | EXPORTS_SNAPSHOT
            | VARIES;

    private Traits() {}

    public static boolean has(long traits, long trait) {
        return (traits & trait) != 0;
    }
}

package pgrouter.routing;

/**
 * The meaning of a word of a statement for its route: keywords that matter by themselves, and groups of names with the
 * same meaning.
 */
enum Word {
    /** Any other word. */
    OTHER,

    ALL,
    ALTER,
    ANALYZE,
    AS,
    AUTHORIZATION,
    BEGIN,
    CHARACTERISTICS,
    CONSTRAINTS,
    COPY,
    CREATE,
    DATABASE,
    DEALLOCATE,
    DECLARE,
    DISCARD,
    DO,
    EXCEPTION,
    EXECUTE,
    EXPLAIN,
    FOR,
    FROM,
    HOLD,
    INTO,
    KEY,
    LOAD,
    LOCAL,
    NAMES,
    NO,
    ONLY,
    ORDER,
    PGROUTER,
    PREPARE,
    READ,
    RESET,
    ROLE,
    SCHEMA,
    SEED,
    SELECT,
    SERIALIZABLE,
    SESSION,
    SET,
    SHARE,
    SHOW,
    START,
    STDOUT,
    TABLESAMPLE,
    TEMPORARY,
    TIME,
    TO,
    TRANSACTION,
    UNLOGGED,
    UPDATE,
    WHEN,
    WITH,
    WRITE,
    XML,
    ZONE,

    /** INSERT, DELETE and MERGE: a data-modifying statement, also inside WITH. */
    MODIFY,

    /** TABLE and VALUES: opens a statement that reads. */
    READS,

    /** COMMIT, END, ROLLBACK, ABORT: ends a transaction. */
    ENDS,

    /** SAVEPOINT and RELEASE. */
    SAVEPOINT,

    /** LISTEN and UNLISTEN. */
    LISTENS,

    /** CLOSE, DROP: may remove what has kept the session on the writer. */
    CLOSES,

    /** A function that only computes or reads, or a keyword that may stand before a parenthesis. */
    HARMLESS,

    /**
     * A function or a keyword of which the same is known. Users are more likely to have a function of this name, so it
     * counts only where the catalog shows that the name is that of PostgreSQL's own.
     */
    BUILT_IN,

    /** A function that only computes, but from the clock, by chance or from the node. */
    VARYING,

    /** A function of which the same is known, but not that it only computes. */
    VOLATILE,

    /** CURRENT_TIMESTAMP and the like: a call without parentheses. */
    CLOCK,

    /** A view whose rows are the node's own. */
    OF_NODE,

    /** A function or relation that a standby refuses. */
    REFUSED,

    /** A function or relation that a standby answers without refusing, but not as the primary would. */
    SILENT,

    /** The view of the session's prepared statements, and its function. */
    PREPARED_STATEMENTS,

    /** {@code pg_export_snapshot}. */
    EXPORT_SNAPSHOT,

    /** {@code set_config}. */
    SET_CONFIG,

    /** {@code current_setting}: for a parameter of the node itself, a standby would return its own value. */
    CURRENT_SETTING,

    /** {@code setseed}. */
    SET_SEED,

    /** A function of session advisory locks. */
    ADVISORY_LOCK,

    /** A column of a sequence, which runs ahead on a standby; before a parenthesis it is a window function. */
    LAST_VALUE,

    /** The size of a relation. */
    RELATION_SIZE,

    /**
     * A function that runs SQL from a string, or leaves state in the calling session about which the server cannot be
     * asked: a backup, a temporary slot, a named connection.
     */
    STATEFUL,

    /** A name of the server's own state in a function's source, where it is often a string. */
    NODE_SETTING,

    /** The schema of temporary tables. */
    TEMPORARY_SCHEMA;

    /** Whether a parenthesis after the word is not the call of a function: reserved keywords, and STDOUT of COPY. */
    boolean isBeforeParentheses() {
        return switch (this) {
            case ALL, ANALYZE, AS, CLOCK, CREATE, FOR, FROM, INTO, ONLY, READS, SELECT, STDOUT, TO, WHEN, WITH -> true;
            default -> false;
        };
    }

    /** Whether the call of it is known for what it does, apart from a function of a user with the same name. */
    boolean isKnownFunction() {
        return isName() && this != BUILT_IN && this != VOLATILE && this != OF_NODE;
    }

    /** Whether the call of it is known for what it does, where it is a function or a keyword of PostgreSQL's own. */
    boolean isKnownOfServer() {
        return this == BUILT_IN || isKnownFunction() || isBeforeParentheses();
    }

    /** Whether the word has its meaning as a name, so that it keeps the meaning between double quotes. */
    boolean isName() {
        return switch (this) {
            case HARMLESS,
                    BUILT_IN,
                    VARYING,
                    VOLATILE,
                    OF_NODE,
                    REFUSED,
                    SILENT,
                    PREPARED_STATEMENTS,
                    EXPORT_SNAPSHOT,
                    SET_CONFIG,
                    CURRENT_SETTING,
                    SET_SEED,
                    ADVISORY_LOCK,
                    LAST_VALUE,
                    RELATION_SIZE,
                    STATEFUL,
                    TEMPORARY_SCHEMA -> true;
            default -> false;
        };
    }
}

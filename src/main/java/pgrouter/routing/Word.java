package pgrouter.routing;

/** What a word of a statement means for its route. Keywords that matter by themselves, and groups of names that mean the same. */
enum Word {
    /** Any other word. */
    OTHER,

    ANALYZE,
    BEGIN,
    CHARACTERISTICS,
    CONSTRAINTS,
    COPY,
    CREATE,
    DECLARE,
    DO,
    EXECUTE,
    EXPLAIN,
    FOR,
    FROM,
    HOLD,
    INTO,
    KEY,
    LOCAL,
    NO,
    ONLY,
    PREPARE,
    READ,
    SELECT,
    SERIALIZABLE,
    SET,
    SHARE,
    START,
    STDOUT,
    TEMPORARY,
    TO,
    TRANSACTION,
    UPDATE,
    WITH,
    WRITE,

    /** INSERT, DELETE and MERGE: a data-modifying statement, also inside WITH. */
    MODIFY,

    /** TABLE and VALUES: opens a statement that reads. */
    READS,

    /** RESET, DISCARD, DEALLOCATE, LISTEN, UNLISTEN, LOAD: opens a statement that changes the session. */
    SESSION,

    /** A function that only computes or reads, or a keyword that may stand before a parenthesis. */
    HARMLESS,

    /** A function or relation that a standby refuses. */
    REFUSED,

    /** A function or relation that a standby answers without refusing, and not as the primary would. */
    SILENT,

    /** A function that leaves state in the session that calls it, or may, since it runs SQL that it gets as a string. */
    STATEFUL,

    /** The schema of temporary tables. */
    TEMPORARY_SCHEMA;

    /** Whether a parenthesis behind the word is not the call of a function: reserved keywords, and STDOUT of COPY. */
    boolean isBeforeParentheses() {
        return switch (this) {
            case ANALYZE, CREATE, FOR, FROM, INTO, ONLY, READS, SELECT, STDOUT, TO, WITH -> true;
            default -> false;
        };
    }

    /** Whether the word has its meaning as a name, so that it keeps it between double quotes. */
    boolean isName() {
        return switch (this) {
            case HARMLESS, REFUSED, SILENT, STATEFUL, TEMPORARY_SCHEMA -> true;
            default -> false;
        };
    }
}

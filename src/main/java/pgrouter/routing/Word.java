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

    /** A function that leaves state in the session that calls it. */
    STATEFUL;

    /** Whether the word has its meaning as a name, so that it keeps it between double quotes. */
    boolean isName() {
        return this == HARMLESS || this == REFUSED || this == SILENT || this == STATEFUL;
    }
}

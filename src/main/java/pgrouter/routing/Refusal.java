package pgrouter.routing;

/**
 * The meaning of an error of a reader: a standby's refusal, or the answer. Only for a request of which nothing has
 * reached the client, outside a transaction. Decided by SQLSTATE, since message texts are translated.
 */
public enum Refusal {
    /** The standby cannot run it. The writer can, and will be asked first the next time. */
    REDIRECT,
    /** A recovery conflict on the standby, or the standby is behind (lag, session state): the writer decides. */
    SECOND_OPINION,
    /** The error is the answer for the client. */
    NONE;

    /**
     * @param routine of PostgreSQL's source that reports the error: the client must be told of a prepared statement
     *     whose result has changed, wherever it ran
     */
    public static Refusal of(String sqlState, String routine) {
        return sqlState.equals("0A000") && routine.equals("RevalidateCachedQuery") ? NONE : of(sqlState);
    }

    private static Refusal of(String sqlState) {
        return switch (sqlState) {
            case "25006", "0A000", "55000", "XX000", "58P01" -> REDIRECT;
            case "40001", "40P01", "57P04", "3F000", "26000", "34000" -> SECOND_OPINION;
            default -> sqlState.startsWith("42") ? SECOND_OPINION : NONE;
        };
    }
}

package pgrouter.routing;

/**
 * What an error of a reader means: a standby's "not here", or the answer. Only for a request of which nothing has reached the
 * client, outside a transaction. Decided by SQLSTATE: message texts are translated.
 */
public enum Refusal {
    /** The standby cannot run it: the writer can, and will be asked first the next time. */
    REDIRECT,
    /** The standby was in the way of itself (recovery conflict), or has not got there yet (lag, session state): the writer's word counts. */
    SECOND_OPINION,
    /** The standby is going away: another node. */
    GONE,
    /** The answer, and the client's. */
    NONE;

    /**
     * @param routine of PostgreSQL's source that reports it: a prepared statement whose result has changed is what the client must know,
     *     wherever it ran
     */
    public static Refusal of(String sqlState, String routine) {
        return sqlState.equals("0A000") && routine.equals("RevalidateCachedQuery") ? NONE : of(sqlState);
    }

    private static Refusal of(String sqlState) {
        return switch (sqlState) {
            case "25006", "0A000", "55000", "XX000", "58P01" -> REDIRECT;
            case "40001", "57P04", "3F000", "26000", "34000" -> SECOND_OPINION;
            case "57P01", "57P02", "57P03" -> GONE;
            default -> sqlState.startsWith("42") ? SECOND_OPINION : NONE;
        };
    }
}

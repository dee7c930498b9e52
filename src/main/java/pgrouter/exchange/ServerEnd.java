package pgrouter.exchange;

import java.util.OptionalLong;
import pgrouter.protocol.SqlState;

/** What a FATAL by which a server ends its process means for the session that has it. Pure. */
public enum ServerEnd {
    /** The words are the client's, and its session ends as it would without pgrouter. */
    TOLD,
    /** Another process takes its place. */
    REPLACED,
    /** The node may go away, or an administrator has ended this process alone: the node has to be asked. */
    ASKED;

    /**
     * @param tied whether what the session has there cannot be had elsewhere
     * @param idleAsClient whether it was the client's for as long as the client has said nothing
     */
    static ServerEnd of(String sqlState, boolean isWriter, boolean tied, boolean idleAsClient) {
        return switch (sqlState) {
            case SqlState.ADMIN_SHUTDOWN -> tied ? TOLD : ASKED;
            case SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW -> tied ? TOLD : REPLACED;
            case SqlState.IDLE_SESSION_TIMEOUT -> tied || idleAsClient ? TOLD : REPLACED;
            // Recovery conflicts: the primary knows none.
            case SqlState.SERIALIZATION_FAILURE, SqlState.DATABASE_DROPPED -> isWriter ? TOLD : REPLACED;
            default -> TOLD;
        };
    }

    /**
     * The answer to {@link #ASKED}.
     *
     * @param up when a server was running that is there now, if one is
     * @param begun when the login of the connection was begun that has ended, both of {@link System#nanoTime()}
     */
    static ServerEnd of(OptionalLong up, long begun) {
        return up.isPresent() && up.getAsLong() - begun < 0 ? TOLD : REPLACED;
    }
}

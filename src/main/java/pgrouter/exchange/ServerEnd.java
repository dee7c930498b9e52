package pgrouter.exchange;

import java.util.OptionalLong;
import pgrouter.protocol.SqlState;

/** The meaning, for a session, of a FATAL by which a server ends its process. Pure. */
public enum ServerEnd {
    /** The client gets the error, and its session ends as it would without pgrouter. */
    TOLD,
    /** Another process replaces it. */
    REPLACED,
    /** The node may be shutting down, or an administrator has terminated this process alone: the node must be asked. */
    ASKED;

    /**
     * @param tied whether the session has state there that no other process can have
     * @param idleAsClient whether the connection was the client's for as long as the client has said nothing
     */
    static ServerEnd of(String sqlState, boolean isWriter, boolean tied, boolean idleAsClient) {
        return switch (sqlState) {
            case SqlState.ADMIN_SHUTDOWN -> tied ? TOLD : ASKED;
            case SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW -> tied ? TOLD : REPLACED;
            case SqlState.IDLE_SESSION_TIMEOUT -> tied || idleAsClient ? TOLD : REPLACED;
            // Recovery conflicts: the primary has none.
            case SqlState.SERIALIZATION_FAILURE, SqlState.DATABASE_DROPPED -> isWriter ? TOLD : REPLACED;
            default -> TOLD;
        };
    }

    /**
     * Returns the meaning after the answer to {@link #ASKED}.
     *
     * @param up a time at which the present server was up, if there is one
     * @param begun when the login of the ended connection was begun, both of {@link System#nanoTime()}
     */
    static ServerEnd of(OptionalLong up, long begun) {
        return up.isPresent() && up.getAsLong() - begun < 0 ? TOLD : REPLACED;
    }
}

package pgrouter.client;

import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** Ends the session; the client gets the reason in this ErrorResponse. */
public class SessionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient byte[] message;

    SessionException(String text, byte[] message) {
        super(text);
        this.message = message;
    }

    /** With the error of a backend. */
    public static SessionException quoting(String text, byte[] message) {
        return new SessionException(text, message);
    }

    public static SessionException fatal(String sqlState, String text) {
        return new SessionException(text, ErrorResponse.fatal(sqlState, text).encode());
    }

    static SessionException unsupported(String text) {
        return fatal(SqlState.FEATURE_NOT_SUPPORTED, text);
    }

    public byte[] message() {
        return message.clone();
    }
}

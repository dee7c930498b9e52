package pgrouter.session;

import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** The session ends, and the client is told why with this ErrorResponse. */
class SessionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient byte[] message;

    SessionException(String text, byte[] message) {
        super(text);
        this.message = message;
    }

    /** In the words of a backend. */
    static SessionException quoting(String text, byte[] message) {
        return new SessionException(text, message);
    }

    static SessionException fatal(String sqlState, String text) {
        return new SessionException(text, ErrorResponse.fatal(sqlState, text).encode());
    }

    static SessionException unsupported(String text) {
        return fatal(SqlState.FEATURE_NOT_SUPPORTED, text);
    }

    byte[] message() {
        return message.clone();
    }
}

package pgrouter.backend;

import pgrouter.config.Backend;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * A login at a backend failed. The text names the backend, the user and the method where that matters, never a
 * secret.
 */
public final class LoginException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorResponse error;
    private final transient byte[] message;
    private final boolean refusal;

    /** The backend refused the login, with its own error. */
    LoginException(String text, ErrorResponse error, byte[] message) {
        super(text);
        this.error = error;
        this.message = message.clone();
        this.refusal = true;
    }

    /** The backend was not reached, for this cause. */
    LoginException(String text, ErrorResponse error, Throwable cause) {
        super(text, cause);
        this.error = error;
        this.message = error.encode();
        this.refusal = false;
    }

    /** The login failed for another reason; the client gets this text. */
    LoginException(String text, ErrorResponse error) {
        this(text, error, (Throwable) null);
    }

    /** The login succeeded, but the node is a standby where a primary was wanted. */
    public static LoginException standby(Backend backend) {
        String text = "backend " + backend.address() + " is a standby now";
        return new LoginException(text, ErrorResponse.fatal(SqlState.CANNOT_CONNECT_NOW, text));
    }

    /** Whether the error is the backend's own. */
    public boolean isRefusal() {
        return refusal;
    }

    public ErrorResponse error() {
        return error;
    }

    /** The ErrorResponse for the client: as the backend wrote it, where it wrote one. */
    public byte[] message() {
        return message.clone();
    }
}

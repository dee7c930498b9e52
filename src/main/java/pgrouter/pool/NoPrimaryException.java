package pgrouter.pool;

import java.util.Optional;
import pgrouter.backend.LoginException;
import pgrouter.client.SessionException;
import pgrouter.protocol.SqlState;

/**
 * There is no primary, and there was none for as long as the configuration lets a client wait. The text says what is
 * missing. The cause is the last login that has failed, if any.
 */
public final class NoPrimaryException extends Exception {
    private static final long serialVersionUID = 1L;

    NoPrimaryException(Optional<LoginException> last) {
        super(
                "no backend answers as primary"
                        + last.map(e -> "; the last one that did: " + e.getMessage())
                                .orElse(""),
                last.orElse(null));
    }

    /** Returns the end of a client that is not logged in yet: the error of the last backend that has refused, if any. */
    public SessionException atLogin() {
        return getCause() instanceof LoginException last
                ? SessionException.quoting(last.getMessage(), last.message())
                : SessionException.fatal(SqlState.CANNOT_CONNECT_NOW, getMessage());
    }
}

package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;

/**
 * The end of a server connection. Immutable.
 *
 * @param isHere whether it has come, and its meaning for the session is known
 * @param words the server's last error where the client does not have it
 * @param isTold whether the client has it
 */
record End(boolean isHere, Optional<ErrorResponse> words, boolean isTold) {
    static final End NONE = new End(false, Optional.empty(), false);

    /** The client gets the server's error. */
    End told() {
        return new End(isHere, words, true);
    }

    /** The end has come. */
    End come(Optional<ErrorResponse> unseen) {
        return new End(true, unseen, isTold);
    }
}

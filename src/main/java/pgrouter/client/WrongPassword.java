package pgrouter.client;

import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** A client has not proven to be who it says. It is told the same whatever the reason is. */
public final class WrongPassword extends SessionException {
    private static final long serialVersionUID = 1L;

    /** @param why for the log */
    WrongPassword(String user, String why) {
        super(
                "user \"" + user + "\": " + why,
                ErrorResponse.fatal(
                                SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"")
                        .encode());
    }
}

package pgrouter.client;

import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** A client has not proven to be the user that it names. The client gets the same error for any reason. */
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

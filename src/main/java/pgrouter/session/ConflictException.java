package pgrouter.session;

import pgrouter.config.Address;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** An optimistic transaction cannot go on on the primary. Nothing was written. */
final class ConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorResponse error;

    private ConflictException(ErrorResponse error) {
        super(error.message());
        this.error = error;
    }

    /** @param standby that has answered otherwise than the primary */
    static ConflictException changed(Address standby) {
        return serialization("could not serialize access: what this transaction has read on the standby " + standby
                + " has changed since; try again");
    }

    /** @param primary that was lost before it had answered all */
    static ConflictException lost(Address primary) {
        return serialization("could not serialize access: this transaction could not go on on the primary " + primary
                + "; try again");
    }

    private static ConflictException serialization(String text) {
        return new ConflictException(ErrorResponse.error(SqlState.SERIALIZATION_FAILURE, text));
    }

    /** @param error with which the primary has interrupted it */
    static ConflictException interrupted(ErrorResponse error) {
        return new ConflictException(ErrorResponse.error(error.sqlState(), error.message()));
    }

    /** The error for the client. */
    ErrorResponse error() {
        return error;
    }
}

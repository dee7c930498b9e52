package pgrouter.session;

import pgrouter.config.Address;
import pgrouter.protocol.SqlState;

/** The facts about a request whose server was lost. */
enum LostRequest {
    /** Nothing of its transaction remains: it can be retried. */
    ROLLED_BACK(SqlState.SERIALIZATION_FAILURE, "the transaction was rolled back: the backend %s was lost"),
    /** It was read only: it can be retried. */
    READ(SqlState.SERIALIZATION_FAILURE, "the backend %s was lost in the middle of its answer, which was read only"),
    /** It was not sent. */
    NOT_SENT(SqlState.SERIALIZATION_FAILURE, "the request was not run: the primary %s was lost before"),
    /** The server may have run it, or not. */
    UNKNOWN(
            SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
            "the primary %s was lost before it answered: whether the request was run is not known");

    private final String sqlState;
    private final String text;

    LostRequest(String sqlState, String text) {
        this.sqlState = sqlState;
        this.text = text;
    }

    /**
     * @param within whether it was a part of a transaction that an earlier request has begun
     * @param sent whether the server may have received it
     * @param mayEnd whether it may have committed that transaction
     */
    static LostRequest of(boolean writer, boolean within, boolean sent, boolean mayEnd) {
        if (!writer) {
            return within ? ROLLED_BACK : READ;
        }
        if (within) {
            return sent && mayEnd ? UNKNOWN : ROLLED_BACK;
        }
        return sent ? UNKNOWN : NOT_SENT;
    }

    String sqlState() {
        return sqlState;
    }

    String text(Address backend) {
        return text.formatted(backend);
    }
}

package pgrouter.exchange;

import pgrouter.config.Address;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * A standby's refusal that came when the client already had a part of the answer: no other node can answer instead of
 * the standby.
 */
public final class LateRefusal {
    private LateRefusal() {}

    /**
     * The error that replaces the standby's own, which the primary would not have reported: the second try goes to
     * the primary.
     */
    static ErrorResponse of(Address standby, String sqlState) {
        return ErrorResponse.error(
                SqlState.SERIALIZATION_FAILURE,
                "the standby " + standby + " could not finish what it had begun to answer (SQLSTATE " + sqlState
                        + "): try again, and the primary will be asked");
    }
}

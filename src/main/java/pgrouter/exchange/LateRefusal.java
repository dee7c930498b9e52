package pgrouter.exchange;

import pgrouter.config.Address;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/** A standby's "not here" that came when a part of the answer had reached the client: no other node can answer in its stead. */
public final class LateRefusal {
    private LateRefusal() {}

    /** In place of the standby's own error, which the primary would not have said: the second try is the primary's. */
    static ErrorResponse of(Address standby, String sqlState) {
        return ErrorResponse.error(
                SqlState.SERIALIZATION_FAILURE,
                "the standby " + standby + " could not finish what it had begun to answer (SQLSTATE " + sqlState
                        + "): try again, and the primary will be asked");
    }
}

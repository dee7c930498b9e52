package pgrouter.exchange;

import pgrouter.protocol.SqlState;
import pgrouter.routing.Refusal;

/** The first error of a reply: it decides whether a standby has refused. Immutable. */
record FirstError(Refusal refusal, String sqlState) {
    static final FirstError NONE = new FirstError(Refusal.NONE, "");

    /** An error of functions that differ from the assessed ones. */
    static final FirstError OTHER_FUNCTIONS = new FirstError(Refusal.SECOND_OPINION, SqlState.SERIALIZATION_FAILURE);

    boolean isNone() {
        return sqlState.isEmpty();
    }

    boolean isRefusal() {
        return refusal != Refusal.NONE;
    }
}

package pgrouter.exchange;

import pgrouter.routing.StateTraits;

/**
 * Effects that the sent messages may have although no reply shows them. Part of an {@link Exchange}, and guarded by its
 * lock.
 */
final class SentTraits {
    private boolean mayReport;

    /** Notes what a request may do to the session: its transaction may change a parameter that the server reports. */
    void sends(StateTraits state) {
        mayReport |= state.has(StateTraits.MAY_REPORT);
    }

    /** No transaction is open any more. */
    void ended() {
        mayReport = false;
    }

    /** Whether a parameter that the server reports may be one that the client has set, or the end of such a setting. */
    boolean mayReport() {
        return mayReport;
    }
}

package pgrouter.exchange;

import pgrouter.routing.StateTraits;

/**
 * Effects that the sent messages may have although no reply shows them. Part of an {@link Exchange}, and guarded by its
 * lock.
 */
final class SentTraits {
    private boolean mayWrite;
    private boolean mayReport;

    /** @param writes whether the request that begins may write */
    void begin(boolean writes) {
        mayWrite = writes;
    }

    /** Notes what a request may do to the session: its transaction may change a parameter that the server reports. */
    void sends(StateTraits state) {
        mayReport |= state.has(StateTraits.MAY_REPORT);
    }

    /** The rest of the request may write. */
    void mayWriteToo() {
        mayWrite = true;
    }

    /** No transaction is open any more. */
    void ended() {
        mayReport = false;
    }

    /** Whether the request may write although no command tag will show it. */
    boolean mayWrite() {
        return mayWrite;
    }

    /** Whether a parameter that the server reports may be one that the client has set, or the end of such a setting. */
    boolean mayReport() {
        return mayReport;
    }
}

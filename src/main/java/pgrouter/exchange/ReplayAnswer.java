package pgrouter.exchange;

/**
 * The answer of a standby that was to wait for a position before it ran the present request. Immutable.
 *
 * @param sqlState of the error with which it has refused to wait; empty where it has waited
 * @param endedAt {@link System#nanoTime()} at the end of the wait; only where it has ended
 */
public record ReplayAnswer(Outcome outcome, String sqlState, long endedAt) {
    static final ReplayAnswer NOT_ASKED = new ReplayAnswer(Outcome.NOT_ASKED, "", 0);
    static final ReplayAnswer PENDING = new ReplayAnswer(Outcome.PENDING, "", 0);

    /** The end of the wait. */
    public enum Outcome {
        NOT_ASKED,
        /** There is no answer yet, so the request has not run. */
        PENDING,
        /** The standby had replayed the position before it ran the request. */
        REACHED,
        /** It had not, or that is not known: the reply to the request is for nobody. */
        LATE
    }

    /** Whether the standby has not answered. */
    public boolean isPending() {
        return outcome == Outcome.PENDING;
    }

    /** Whether it had replayed the position. */
    public boolean isReached() {
        return outcome == Outcome.REACHED;
    }

    /** Whether the reply to the request is for nobody. */
    public boolean isLate() {
        return outcome == Outcome.LATE;
    }

    /** Whether the standby has refused to wait. */
    public boolean isRefusal() {
        return !sqlState.isEmpty();
    }
}

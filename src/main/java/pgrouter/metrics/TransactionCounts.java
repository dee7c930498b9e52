package pgrouter.metrics;

import java.util.concurrent.atomic.LongAdder;

/** The transactions without an access mode that have ended, by where they ran. Any thread. */
public final class TransactionCounts {
    private final LongAdder onStandby = new LongAdder();
    private final LongAdder moved = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder onPrimary = new LongAdder();
    private final LongAdder onPrimaryInVain = new LongAdder();

    /** Counts one that has run on a standby to its end. */
    public void ranOnStandby() {
        onStandby.increment();
    }

    /** Counts one that began on a standby and went on on the primary. */
    public void moved() {
        moved.increment();
    }

    /** Counts one that could not go on on the primary. */
    public void conflicted() {
        conflicts.increment();
    }

    /** @param needed whether it has done anything that a standby cannot do */
    public void ranOnPrimary(boolean needed) {
        (needed ? onPrimary : onPrimaryInVain).increment();
    }

    public long onStandby() {
        return onStandby.sum();
    }

    public long movedOnes() {
        return moved.sum();
    }

    public long conflicts() {
        return conflicts.sum();
    }

    /** Those that have run on the primary from their beginning, and needed it. */
    public long onPrimary() {
        return onPrimary.sum();
    }

    /** The same, of which a standby could have run each. */
    public long onPrimaryInVain() {
        return onPrimaryInVain.sum();
    }
}

package pgrouter.cluster;

import java.util.concurrent.atomic.AtomicLong;

/** When anything was written last through this pgrouter, for reads that must see all of it. Any thread. */
public final class Writes {
    private final AtomicLong latest = new AtomicLong(System.nanoTime());

    /** A write was acknowledged by the primary, and its client does not know yet. */
    public void happened() {
        long now = System.nanoTime();
        latest.accumulateAndGet(now, (known, next) -> next - known > 0 ? next : known);
    }

    /** {@link System#nanoTime()} of the latest one, or of the start. */
    public long latest() {
        return latest.get();
    }
}

package pgrouter.cluster;

import java.util.concurrent.atomic.AtomicLong;

/** The time of the last write through this pgrouter, for reads that must see all writes. Any thread. */
public final class Writes {
    private final AtomicLong latest = new AtomicLong(System.nanoTime());

    /** Called when the primary has acknowledged a write, before its client is told. */
    public void happened() {
        long now = System.nanoTime();
        latest.accumulateAndGet(now, (known, next) -> next - known > 0 ? next : known);
    }

    /** {@link System#nanoTime()} of the latest write, or of the start. */
    public long latest() {
        return latest.get();
    }
}

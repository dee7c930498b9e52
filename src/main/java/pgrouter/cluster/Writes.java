package pgrouter.cluster;

import java.util.concurrent.atomic.AtomicLong;

/** The time of the last write through this pgrouter, for reads that must see all writes. Any thread. */
public final class Writes {
    private final AtomicLong latest = new AtomicLong(System.nanoTime());
    private volatile boolean read;

    /**
     * Notes that a write was committed, or may have been. Called when pgrouter has received the acknowledgement of the
     * commit, and before the client gets it: so a position for which the primary is asked later covers the write.
     */
    public void happened() {
        long now = System.nanoTime();
        latest.accumulateAndGet(now, (known, next) -> next - known > 0 ? next : known);
    }

    /** Notes that a read must see all writes. */
    public void read() {
        if (!read) {
            read = true;
        }
    }

    /** Whether there was such a read since the last call. */
    public boolean takeRead() {
        boolean was = read;
        if (was) {
            read = false;
        }
        return was;
    }

    /** {@link System#nanoTime()} of the latest write, or of the start. */
    public long latest() {
        return latest.get();
    }
}

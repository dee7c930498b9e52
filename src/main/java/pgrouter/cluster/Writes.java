package pgrouter.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The times of the last writes through this pgrouter, for reads that must see all writes. Any thread. */
public final class Writes {
    private final AtomicLong latest = new AtomicLong(System.nanoTime());

    /** Whether anything was written since the start. */
    private volatile boolean any;

    /** The writes before the start may have gone through another process of pgrouter. */
    private final AtomicLong possible = new AtomicLong(System.nanoTime());

    /** Another process of pgrouter may have passed on such a commit before the start. */
    private final AtomicLong asynchronous = new AtomicLong(System.nanoTime());

    /** The number of requests under way whose commits may be shown before their WAL is flushed. */
    private final AtomicInteger asynchronousUnderWay = new AtomicInteger();

    private volatile boolean read;

    /**
     * Notes that a write was committed, or may have been. Called when pgrouter has received the acknowledgement of the
     * commit, and before the client gets it: so a position for which the primary is asked later covers the write.
     *
     * @param flushed whether its WAL was flushed before the acknowledgement
     */
    public void happened(boolean flushed) {
        if (!flushed) {
            raise(asynchronous);
        }
        raise(latest);
        if (!any) {
            any = true;
        }
    }

    /**
     * Notes that a write was lost with its primary, which may have committed it, in whatever way: no client has an
     * acknowledgement.
     */
    public void mayHaveHappened() {
        raise(asynchronous);
        raise(possible);
    }

    private static void raise(AtomicLong time) {
        long now = System.nanoTime();
        time.accumulateAndGet(now, (known, next) -> next - known > 0 ? next : known);
    }

    /** A request begins whose commits may be acknowledged before their WAL is flushed. */
    public void asynchronousBegins() {
        asynchronousUnderWay.incrementAndGet();
    }

    /** Such a request has ended: its commits are noted, or lost. */
    public void asynchronousEnds() {
        asynchronousUnderWay.decrementAndGet();
    }

    /** Notes that a primary has answered a read, which may have seen the commit of a request under way. */
    public void wereRead() {
        if (asynchronousUnderWay.get() > 0) {
            raise(asynchronous);
        }
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

    /** Whether a write was acknowledged since the start. */
    public boolean areAny() {
        return any;
    }

    /** {@link System#nanoTime()} of the latest write that was acknowledged; only where there is {@link #areAny any}. */
    public long latest() {
        return latest.get();
    }

    /** {@link System#nanoTime()} of the latest write that may have been acknowledged before its WAL was flushed, or of the start. */
    public long latestAsynchronous() {
        return asynchronous.get();
    }

    /** {@link System#nanoTime()} of the latest write of which it is not known whether it was committed, or of the start. */
    public long latestPossible() {
        return possible.get();
    }
}

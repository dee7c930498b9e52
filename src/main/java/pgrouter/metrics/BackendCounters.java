package pgrouter.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What went to one backend since pgrouter started. Any thread may count and read. */
public final class BackendCounters {
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder redirects = new LongAdder();

    /** A request was answered by this backend as a reader. */
    public void read() {
        reads.increment();
    }

    /** A request was answered by this backend as the writer. */
    public void write() {
        writes.increment();
    }

    /** A request was refused by this backend and sent to the writer. */
    public void redirect() {
        redirects.increment();
    }

    public long reads() {
        return reads.sum();
    }

    public long writes() {
        return writes.sum();
    }

    public long redirects() {
        return redirects.sum();
    }
}

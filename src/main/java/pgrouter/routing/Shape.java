package pgrouter.routing;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A prefix of transactions, and how those that began with it have ended lately. Any thread; readers take no lock.
 */
final class Shape {
    /** Both counts are halved where one reaches this, so that the latest transactions count most. */
    static final int AGED = 64;

    /** Fewer transactions than this prove nothing. */
    private static final int LEAST = 2;

    /** The number of writing transactions for each one that only reads beyond which an opening alone goes to the primary. */
    private static final int BAR_OF_OPENING = 9;

    static final int WROTE = 1 << Short.SIZE;
    static final int ONLY_READ = 1;

    /** An end that counts as several writes: it costs a transaction, and its client an error. */
    static final int CONFLICT = 8 * WROTE;

    private static final int COUNT = WROTE - 1;

    private final long prefix;
    private final int depth;

    /** The number of transactions that wrote in the upper half, and of those that only read in the lower one. */
    private final AtomicInteger ends = new AtomicInteger();

    private volatile Optional<String> text = Optional.empty();
    private volatile long latest;

    /** @param depth the number of requests in the prefix, from 1 on */
    Shape(long prefix, int depth, long now) {
        this.prefix = prefix;
        this.depth = depth;
        this.latest = now;
    }

    boolean is(long other) {
        return prefix == other;
    }

    /** @param end of a transaction: {@link #WROTE}, {@link #ONLY_READ} or {@link #CONFLICT} */
    void add(int end, Optional<String> described, long now) {
        if (described.isPresent() && text.isEmpty()) {
            text = described;
        }
        ends.accumulateAndGet(end, Shape::aged);
        latest = now;
    }

    private static int aged(int before, int one) {
        int ends = before + one;
        boolean full = ends >>> Short.SIZE >= AGED || (ends & COUNT) >= AGED;
        int halfCounts = (COUNT >>> 1) * (WROTE + 1);
        return full ? ends >>> 1 & halfCounts : ends;
    }

    /**
     * Whether a transaction that has come this far writes more often than not. A wrong guess at the opening alone
     * costs one BEGIN only, so there nearly all must have written.
     */
    boolean leadsToWrite() {
        return leadsToWrite(ends.get());
    }

    private boolean leadsToWrite(int now) {
        int wrote = now >>> Short.SIZE;
        int onlyRead = now & COUNT;
        boolean mostly = depth == 1 ? wrote >= BAR_OF_OPENING * onlyRead : wrote > onlyRead;
        return wrote + onlyRead >= LEAST && mostly;
    }

    boolean hasText() {
        return text.isPresent();
    }

    /** The time of the last transaction that was added, by the clock of {@link TransactionShapes}. */
    long latest() {
        return latest;
    }

    TransactionShapes.Known known(String database, long now) {
        int counts = ends.get();
        return new TransactionShapes.Known(
                database, text, depth, counts >>> Short.SIZE, counts & COUNT, leadsToWrite(counts), now - latest);
    }
}

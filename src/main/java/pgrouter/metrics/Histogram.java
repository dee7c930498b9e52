package pgrouter.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of durations, in buckets from 100 microseconds to 10 seconds. Any thread. Counting takes no lock and
 * allocates nothing.
 */
public final class Histogram {
    private static final long MICRO = 1_000L;
    private static final long MILLI = 1_000_000L;

    /** Upper bounds, in nanoseconds, inclusive. There is one more bucket above the last. */
    private static final long[] BOUNDS = {
        100 * MICRO,
        250 * MICRO,
        500 * MICRO,
        MILLI,
        2_500 * MICRO,
        5 * MILLI,
        10 * MILLI,
        25 * MILLI,
        50 * MILLI,
        100 * MILLI,
        250 * MILLI,
        500 * MILLI,
        1_000 * MILLI,
        2_500 * MILLI,
        5_000 * MILLI,
        10_000 * MILLI,
    };

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder total = new LongAdder();

    public Histogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    public void count(long nanoseconds) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanoseconds > BOUNDS[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        total.add(nanoseconds);
    }

    /** The counts so far. */
    public Counts counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return new Counts(now, total.sum());
    }

    /** The counts of a histogram at one moment, or between two. */
    public static final class Counts {
        private final long[] buckets;
        private final long nanoseconds;

        private Counts(long[] buckets, long nanoseconds) {
            this.buckets = buckets;
            this.nanoseconds = nanoseconds;
        }

        /** The number of buckets. The last one has no upper bound. */
        public int buckets() {
            return buckets.length;
        }

        /** The upper bound of a bucket, in seconds; infinite for the last one. */
        public double bound(int bucket) {
            return bucket == BOUNDS.length ? Double.POSITIVE_INFINITY : BOUNDS[bucket] / 1e9;
        }

        /** The number of durations up to the bound of this bucket. */
        public long upTo(int bucket) {
            long sum = 0;
            for (int i = 0; i <= bucket; i++) {
                sum += buckets[i];
            }
            return sum;
        }

        public long count() {
            return upTo(buckets.length - 1);
        }

        /** The sum of the durations, in seconds. */
        public double seconds() {
            return nanoseconds / 1e9;
        }

        /** The counts that were added since. */
        public Counts since(Counts before) {
            long[] difference = new long[buckets.length];
            for (int i = 0; i < difference.length; i++) {
                difference[i] = buckets[i] - before.buckets[i];
            }
            return new Counts(difference, nanoseconds - before.nanoseconds);
        }

        /**
         * The duration that this share of them did not exceed, in seconds, as if they lay evenly in each bucket.
         * Durations above the last bound count as that bound. NaN where there are none.
         *
         * @param share from 0 to 1
         */
        public double quantile(double share) {
            long all = count();
            if (all == 0) {
                return Double.NaN;
            }
            double rank = share * all;
            long below = 0;
            for (int i = 0; i < BOUNDS.length; i++) {
                if (buckets[i] > 0 && below + buckets[i] >= rank) {
                    double low = i == 0 ? 0 : BOUNDS[i - 1];
                    return (low + (BOUNDS[i] - low) * (rank - below) / buckets[i]) / 1e9;
                }
                below += buckets[i];
            }
            return BOUNDS[BOUNDS.length - 1] / 1e9;
        }
    }
}

package pgrouter.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** Counts the requests of one backend since pgrouter started. Any thread. */
public final class BackendCounters {
    private static final Pattern CLASS = Pattern.compile("[0-9A-Z]{5}");

    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder redirects = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

    /** Counts a request that this backend answered as a reader. */
    public void read() {
        reads.increment();
    }

    /** Counts a request that this backend answered as the writer. */
    public void write() {
        writes.increment();
    }

    /** Counts a request that this backend refused and that was then sent to the writer. */
    public void redirect() {
        redirects.increment();
    }

    /**
     * Counts a request that this backend answered with an error, refusals included.
     *
     * @param sqlState the SQLSTATE, of which only the class is kept
     */
    public void error(String sqlState) {
        String errorClass = CLASS.matcher(sqlState).lookingAt() ? sqlState.substring(0, 2) : "other";
        errors.computeIfAbsent(errorClass, unknown -> new LongAdder()).increment();
    }

    /** The errors so far, by the class of their SQLSTATE. */
    public Map<String, Long> errors() {
        Map<String, Long> now = new TreeMap<>();
        errors.forEach((errorClass, count) -> now.put(errorClass, count.sum()));
        return now;
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

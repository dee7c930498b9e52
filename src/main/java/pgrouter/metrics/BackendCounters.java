package pgrouter.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** What went to one backend since pgrouter started. Any thread may count and read. */
public final class BackendCounters {
    private static final Pattern CLASS = Pattern.compile("[0-9A-Z]{5}");

    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder redirects = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

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

    /**
     * A request was answered by this backend with an error, be it a refusal.
     *
     * @param sqlState of which only the class is kept
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

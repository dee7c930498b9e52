package pgrouter.request;

import java.util.Arrays;
import java.util.function.LongPredicate;

/** The fingerprints of the texts of a request, in their order. Client thread only. */
public final class Fingerprints {
    private static final int USUAL = 4;

    /** The most texts of a request that is kept. Of larger requests the fingerprints of single texts are not asked for. */
    private static final int MOST = 1024;

    private long[] each = new long[USUAL];
    private int count;
    private long together;

    void add(long fingerprint) {
        if (count == each.length && count < MOST) {
            each = Arrays.copyOf(each, 2 * count);
        }
        if (count < each.length) {
            each[count] = fingerprint;
        }
        count++;
        together = 31 * together + fingerprint;
    }

    int count() {
        return count;
    }

    /** The fingerprint of the request as a whole. */
    public long together() {
        return together;
    }

    /** Whether the condition holds for the request as a whole, or for one of its texts. */
    public boolean any(LongPredicate condition) {
        if (condition.test(together)) {
            return true;
        }
        for (int i = 0; count > 1 && i < Math.min(count, each.length); i++) {
            if (condition.test(each[i])) {
                return true;
            }
        }
        return false;
    }

    void reset() {
        count = 0;
        together = 0;
    }

    /** Releases the memory that a request of many texts has needed. */
    void shrink() {
        each = new long[USUAL];
    }
}

package pgrouter.routing;

import java.util.Arrays;
import java.util.Optional;

/**
 * The way of one transaction from its opening on: a hash for each prefix of its requests, of which the first 32 are
 * kept. Used again for each transaction. Client thread only.
 */
public final class ShapePath {
    /** The maximum number of prefixes that are kept. */
    static final int DEEPEST = 32;

    /** The maximum number of letters of a text; dots follow one that is cut. */
    static final int LONGEST_TEXT = 160;

    private static final int USUAL = 4;
    /** An odd number, which spreads the bits of a fingerprint. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private static final String[] NONE = {};

    private long[] prefixes = new long[USUAL];

    /** The texts of the last requests of the prefixes; shorter where later ones have none. */
    private String[] texts = NONE;

    private int depth;
    /** The hash of all requests so far. */
    private long last;

    /**
     * Begins another transaction.
     *
     * @param fingerprint of the request that opens it
     * @return the hash of this prefix
     */
    public long begin(long fingerprint) {
        depth = 0;
        last = MIX;
        texts = NONE;
        return next(fingerprint);
    }

    /**
     * Goes on with another request.
     *
     * @return the hash of the prefix that ends with it
     */
    public long next(long fingerprint) {
        last = (Long.rotateLeft(last, 5) ^ fingerprint) * MIX;
        last ^= last >>> 32;
        if (depth < DEEPEST) {
            if (depth == prefixes.length) {
                prefixes = Arrays.copyOf(prefixes, 2 * depth);
            }
            prefixes[depth] = last;
        }
        depth++;
        return last;
    }

    /**
     * Keeps the text of the last request until the end of the transaction.
     *
     * @param text without its literals
     */
    public void describe(String text) {
        if (depth == 0 || depth > DEEPEST) {
            return;
        }
        if (texts.length < depth) {
            texts = Arrays.copyOf(texts, depth);
        }
        texts[depth - 1] = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
    }

    /** The number of prefixes that are kept. */
    int kept() {
        return Math.min(depth, DEEPEST);
    }

    long prefix(int index) {
        return prefixes[index];
    }

    Optional<String> text(int index) {
        return index < texts.length ? Optional.ofNullable(texts[index]) : Optional.empty();
    }
}

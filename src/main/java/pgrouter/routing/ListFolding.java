package pgrouter.routing;

import java.util.Arrays;

/**
 * The hash of a sequence of tokens in which equal neighbours of a list count once: {@code IN (1, 2)} has that of
 * {@code IN (1)}, and {@code VALUES (1, 2), (3, 4)} that of {@code VALUES (1)}. One pass, which allocates
 * nothing but the room for lists within lists, once. An instance belongs to one scanner.
 */
final class ListFolding {
    /** An odd number, which spreads the bits of a token. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** The number of open lists whose elements are told apart. Within deeper ones all tokens count. */
    private static final int DEEPEST = 32;

    /** The number of fields that are kept of a list while another within it is open. */
    private static final int FIELDS = 6;

    /** The lists for which there is room at first. Every session has a scanner, and most texts need no more. */
    private static final int USUAL = 2;

    private long[] outer = new long[USUAL * FIELDS];
    private int depth;

    /** The elements of the present list before the present one. */
    private long elements;

    /** The element before the present one. */
    private long previous;

    /** The tokens of the present element so far. */
    private long element;

    /** The list with which the present element ends so far; 0 where it ends otherwise. */
    private long lastList;

    /** {@link #elements} as it was before the last comma. */
    private long elementsBefore;

    /** {@link #previous} as it was before the last comma. */
    private long previousBefore;

    /** {@link #lastList} as it was before the last comma. */
    private long listBefore;

    void reset() {
        depth = 0;
        begin();
    }

    private void begin() {
        elements = 0;
        previous = 0;
        element = 0;
        lastList = 0;
        elementsBefore = 0;
        previousBefore = 0;
        listBefore = 0;
    }

    /** Takes a token that is no symbol. */
    void add(int token) {
        element = mix(element, token);
        lastList = 0;
    }

    void addSymbol(byte symbol) {
        switch (symbol) {
            case '(', '[' -> open(symbol);
            case ')', ']' -> close(symbol);
            case ',' -> separate();
            default -> add(symbol);
        }
    }

    private static long mix(long hash, long more) {
        return Long.rotateLeft(hash, 5) * MIX + more;
    }

    private void open(byte symbol) {
        if (depth < DEEPEST) {
            int at = depth * FIELDS;
            if (at == outer.length) {
                outer = Arrays.copyOf(outer, 2 * at);
            }
            outer[at] = elements;
            outer[at + 1] = previous;
            outer[at + 2] = element;
            outer[at + 3] = elementsBefore;
            outer[at + 4] = previousBefore;
            outer[at + 5] = listBefore;
            begin();
        } else {
            add(symbol);
        }
        depth++;
    }

    private void close(byte symbol) {
        if (depth == 0 || depth > DEEPEST) {
            add(symbol);
            depth = Math.max(0, depth - 1);
            return;
        }
        depth--;
        separate();
        long list = mix(elements, symbol);
        int at = depth * FIELDS;
        elements = outer[at];
        previous = outer[at + 1];
        element = outer[at + 2];
        elementsBefore = outer[at + 3];
        previousBefore = outer[at + 4];
        listBefore = outer[at + 5];
        if (element == 0 && list == listBefore) {
            element = previous;
            elements = elementsBefore;
            previous = previousBefore;
        } else {
            element = mix(element, list);
        }
        lastList = list;
    }

    /** Ends an element. It counts unless it is like the one before it. */
    private void separate() {
        elementsBefore = elements;
        previousBefore = previous;
        listBefore = lastList;
        if (element != previous || element == 0) {
            elements = mix(elements, element);
        }
        previous = element;
        element = 0;
        lastList = 0;
    }

    /** The hash of the tokens so far. */
    long hash() {
        long hash = mix(elements, element);
        for (int at = 0; at < Math.min(depth, DEEPEST) * FIELDS; at += FIELDS) {
            hash = mix(mix(hash, outer[at]), outer[at + 2]);
        }
        return hash;
    }
}

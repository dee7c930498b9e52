package pgrouter.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * A set of names that looks up a piece of a text without making a string. It compares the bytes, so that two names with
 * the same hash are never confused. Immutable. Any thread.
 */
public final class FunctionNames {
    public static final FunctionNames NONE = new FunctionNames(new byte[1][]);

    private final byte[][] slots;

    private FunctionNames(byte[][] slots) {
        this.slots = slots;
    }

    public static FunctionNames of(Collection<String> names) {
        byte[][] slots = new byte[Integer.highestOneBit(Math.max(1, names.size())) * 4][];
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            int slot = hash(bytes) & slots.length - 1;
            while (slots[slot] != null && !Arrays.equals(slots[slot], bytes)) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = bytes;
        }
        return new FunctionNames(slots);
    }

    private static int hash(byte[] name) {
        int hash = Vocabulary.EMPTY_HASH;
        for (byte letter : name) {
            hash = Vocabulary.hash(hash, letter);
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 15;
    }

    /**
     * @param hash of the bytes as {@link Vocabulary#hash} makes it
     * @param fold whether A to Z in the text count as a to z
     */
    boolean has(byte[] text, int start, int end, int hash, boolean fold) {
        for (int slot = spread(hash) & slots.length - 1; slots[slot] != null; slot = slot + 1 & slots.length - 1) {
            if (Vocabulary.matches(slots[slot], text, start, end, fold)) {
                return true;
            }
        }
        return false;
    }

    public boolean has(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int hash = Vocabulary.EMPTY_HASH;
        for (byte letter : bytes) {
            hash = Vocabulary.hash(hash, letter);
        }
        return has(bytes, 0, bytes.length, hash, false);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FunctionNames names && Arrays.deepEquals(slots, names.slots);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(slots);
    }
}

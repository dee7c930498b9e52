package pgrouter.exchange;

import java.util.stream.IntStream;

/** A set of {@link Effect}s of one request. Immutable. There is one object for each set, so that a reply allocates nothing. */
public final class Effects {
    private static final Effects[] ALL = IntStream.range(0, 1 << Effect.values().length)
            .mapToObj(Effects::new)
            .toArray(Effects[]::new);

    /** The number of possible sets. */
    static final int COUNT = ALL.length;

    public static final Effects NONE = ALL[0];

    private final int bits;

    private Effects(int bits) {
        this.bits = bits;
    }

    public boolean has(Effect effect) {
        return (bits & effect.bit()) != 0;
    }

    Effects with(Effect effect) {
        return ALL[bits | effect.bit()];
    }

    /** The index of this set among all. */
    int index() {
        return bits;
    }
}

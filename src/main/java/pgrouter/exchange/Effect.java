package pgrouter.exchange;

/** An effect of a request that its reply has shown. */
public enum Effect {
    /** A command tag of the primary shows a write. */
    WROTE(1 << 0),
    /** A transaction has committed. */
    COMMITTED(1 << 1),
    /** DISCARD ALL has succeeded. */
    DISCARDED(1 << 2),
    /** A command tag shows a change of the schema. */
    CHANGED_SCHEMA(1 << 3),
    /** A command tag shows that functions and views may have changed. */
    CHANGED_CODE(1 << 4),
    /** The server has answered with an error. */
    FAILED(1 << 5),
    /** A command has completed. */
    COMPLETED(1 << 6),
    /**
     * A standby has refused although the client had a part of its reply: that is the answer, but the next one comes
     * from the primary.
     */
    REFUSED(1 << 7),
    /** A portal has given a part of its rows, and may be asked for more. */
    SUSPENDED(1 << 8);

    private final int bit;

    Effect(int bit) {
        this.bit = bit;
    }

    /** Its bit in a set. */
    int bit() {
        return bit;
    }
}

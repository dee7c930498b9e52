package pgrouter.exchange;

/** Something that the reply to a request has shown of what the request did. */
public enum Effect {
    /** A command tag of the primary says that something was written. */
    WROTE(1 << 0),
    /** A transaction has ended and was kept. */
    COMMITTED(1 << 1),
    /** DISCARD ALL has succeeded. */
    DISCARDED(1 << 2),
    /** A command tag says that the schema was changed. */
    CHANGED_SCHEMA(1 << 3),
    /** A command tag says that what functions and views do may have changed. */
    CHANGED_CODE(1 << 4),
    /** An error was answered. */
    FAILED(1 << 5),
    /** A command has run to its end. */
    COMPLETED(1 << 6),
    /** A standby has refused although the client had a part of its reply: the answer, but the primary is for the next one. */
    REFUSED(1 << 7);

    private final int bit;

    Effect(int bit) {
        this.bit = bit;
    }

    /** Its place in a set. */
    int bit() {
        return bit;
    }
}

package pgrouter.exchange;

/** The way of a reply's messages. It is chosen when the request is sent, and changes as told here. */
enum Delivery {
    /** They are the client's as they come. */
    FORWARD,
    /** The same. A standby's refusal that comes too late for another server is told as an error after which to try again. */
    FORWARD_READ,
    /** They are kept until the reply can no longer be a refusal; from then on {@link #FORWARD_READ}. */
    HOLD,
    /** They are kept too; the client itself has said that it writes nothing, so that from then on it is {@link #FORWARD}. */
    HOLD_READ_ONLY,
    /** They are dropped: another server has the request. */
    WITHDRAW,
    /** They are dropped: the messages that they answer are pgrouter's own. */
    DISCARD,
    /** They are kept for pgrouter, which has asked. */
    COLLECT;

    static Delivery held(boolean readOnly) {
        return readOnly ? HOLD_READ_ONLY : HOLD;
    }

    /** Whether a refusal is not the client's: the reply is kept, or dropped since. */
    boolean isHeld() {
        return this == HOLD || this == HOLD_READ_ONLY || this == WITHDRAW;
    }

    /** Whether the messages that are answered are pgrouter's own. */
    boolean isOwn() {
        return this == DISCARD || this == COLLECT;
    }

    /** The way of the messages after those that were kept, if they were. */
    Delivery released() {
        return switch (this) {
            case HOLD -> FORWARD_READ;
            case HOLD_READ_ONLY -> FORWARD;
            default -> this;
        };
    }
}

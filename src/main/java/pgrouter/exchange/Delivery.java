package pgrouter.exchange;

/** How the messages of a reply are delivered. It is chosen when the request is sent, and changes as described here. */
enum Delivery {
    /** They go to the client as they come. */
    FORWARD,
    /** The same. A standby's refusal that comes too late for another server is reported as an error after which to retry. */
    FORWARD_READ,
    /** They are kept until the reply can no longer be a refusal; from then on {@link #FORWARD_READ}. */
    HOLD,
    /** They are kept too. The client itself has declared that it writes nothing, so from then on this is {@link #FORWARD}. */
    HOLD_READ_ONLY,
    /** They are dropped: another server gets the request. */
    WITHDRAW,
    /** They are dropped: the messages that they answer are pgrouter's own. */
    DISCARD,
    /** They are kept for pgrouter, which has asked the question. */
    COLLECT,
    /** They are dropped: the client has them from another server, and only their {@link ReplyDigest} counts. */
    COMPARE;

    static Delivery held(boolean readOnly) {
        return readOnly ? HOLD_READ_ONLY : HOLD;
    }

    /** Whether a refusal is not for the client: the reply is kept, or was dropped since. */
    boolean isHeld() {
        return this == HOLD || this == HOLD_READ_ONLY || this == WITHDRAW;
    }

    /** Whether the messages that are answered were sent by pgrouter, and not for a client that waits. */
    boolean isOwn() {
        return this == DISCARD || this == COLLECT || this == COMPARE;
    }

    /** How the messages after the kept ones are delivered, if these were kept. */
    Delivery released() {
        return switch (this) {
            case HOLD -> FORWARD_READ;
            case HOLD_READ_ONLY -> FORWARD;
            default -> this;
        };
    }
}

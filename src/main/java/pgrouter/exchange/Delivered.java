package pgrouter.exchange;

import pgrouter.protocol.BackendTag;

/**
 * The part of the present reply that the client has. A reply may begin with messages that the client has from another
 * server, which it does not see twice. Part of an {@link Exchange}, and guarded by its lock.
 */
final class Delivered {
    private int toSkip;
    private int passed;
    private int released;
    private boolean preparationOnly = true;

    /** @param already how many messages of the reply the client has from another server */
    void begin(int already) {
        toSkip = already;
        passed = already;
        released = already;
        preparationOnly = true;
    }

    /** Counts a message for the client. @return whether the client does not have it from another server */
    boolean isNew(byte tag) {
        if (toSkip > 0) {
            toSkip--;
            return false;
        }
        passed++;
        preparationOnly &= isPreparation(tag);
        return true;
    }

    private static boolean isPreparation(byte tag) {
        return switch (tag) {
            case BackendTag.PARSE_COMPLETE,
                    BackendTag.BIND_COMPLETE,
                    BackendTag.CLOSE_COMPLETE,
                    BackendTag.PARAMETER_DESCRIPTION,
                    BackendTag.ROW_DESCRIPTION,
                    BackendTag.NO_DATA -> true;
            default -> false;
        };
    }

    /** Counts an error. */
    void failed() {
        toSkip = 0;
        preparationOnly = false;
    }

    /** Notes that the client has all that has come. */
    void released() {
        released = passed;
    }

    /** Whether the reply begins with messages that the client has from another server. */
    boolean isRepeating() {
        return toSkip > 0;
    }

    /** Whether nothing has come but the answers to Parse, Bind, Describe and Close. */
    boolean isPreparationOnly() {
        return preparationOnly;
    }

    /** How many messages of the reply the client has. */
    int count() {
        return released;
    }
}

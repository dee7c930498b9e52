package pgrouter.request;

import java.util.Optional;
import pgrouter.client.Memory;

/**
 * The number of bytes that are noted of a request beyond its messages in the inbox, since a pipeline may have no end,
 * and the part of them that is charged to the memory of its session. Client thread only.
 */
final class NotedBytes {
    /** Above this number of noted bytes, a request is charged, and its large collections are released after it. */
    private static final long LARGE = 256 * 1024;

    private long noted;
    private long charged;
    private Optional<Memory.OfSession> chargedTo = Optional.empty();

    void add(long bytes) {
        noted += bytes;
    }

    boolean areMany() {
        return noted > LARGE;
    }

    /** The number of bytes that are not charged yet. */
    long uncharged() {
        return noted - charged;
    }

    /** Charges all of them, until the next request. */
    void charge(Memory.OfSession memory) {
        memory.take(uncharged());
        charged = noted;
        chargedTo = Optional.of(memory);
    }

    /** Gives back the charged bytes: the next request begins. */
    void reset() {
        noted = 0;
        if (charged > 0) {
            chargedTo.ifPresent(memory -> memory.take(-charged));
            chargedTo = Optional.empty();
            charged = 0;
        }
    }
}

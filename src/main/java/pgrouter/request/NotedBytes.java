package pgrouter.request;

import java.util.Optional;
import pgrouter.client.Memory;

/**
 * How many bytes are noted of a request beyond its messages in the inbox, since a pipeline may have no end, and how many of them count
 * in the memory of its session. Client thread only.
 */
final class NotedBytes {
    /** A request of which more bytes than this are noted counts, and leaves large collections to be given up. */
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

    /** How many of them do not count yet. */
    long uncharged() {
        return noted - charged;
    }

    /** Counts all of them, until the next request. */
    void charge(Memory.OfSession memory) {
        memory.take(uncharged());
        charged = noted;
        chargedTo = Optional.of(memory);
    }

    /** Gives back what counts: the next request begins. */
    void reset() {
        noted = 0;
        if (charged > 0) {
            chargedTo.ifPresent(memory -> memory.take(-charged));
            chargedTo = Optional.empty();
            charged = 0;
        }
    }
}

package pgrouter.state;

import java.util.Optional;
import pgrouter.client.Memory;

/** The number of bytes of the parameters and names that the state of a session keeps. Client thread only. */
final class StateBytes {
    /**
     * The bytes for which there is always room: a session that can prepare no more statements can still be told its
     * search_path.
     */
    private static final long SMALL = 16 * 1024;

    private final Memory.OfSession memory;
    private long bytes;

    /** @param memory that counts these bytes */
    StateBytes(Memory.OfSession memory) {
        this.memory = memory;
    }

    void add(long more) {
        bytes += more;
        memory.take(more);
    }

    boolean areTooMany() {
        return bytes > SMALL && !memory.fits(0);
    }

    /** The bytes of a name here, and among the parameters that the session's connections were given. */
    static long of(String name) {
        return Memory.of(name) + 2 * Memory.OVERHEAD;
    }

    static long of(Optional<String> value) {
        return value.map(Memory::of).orElse(0L);
    }
}

package pgrouter.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import pgrouter.config.Address;

/** The standbys that have refused a login of the session. They are not asked again with every request. Client thread only. */
final class AvoidedNodes {
    /** The time for which such a standby is avoided. */
    static final Duration TIME = Duration.ofSeconds(10);

    private final LongSupplier clock;
    private final Map<Address, Long> since = new HashMap<>();

    /** @param clock as {@link System#nanoTime()} */
    AvoidedNodes(LongSupplier clock) {
        this.clock = clock;
    }

    void add(Address standby) {
        since.put(standby, clock.getAsLong());
    }

    /** The standbys that are avoided now. */
    Set<Address> now() {
        if (!since.isEmpty()) {
            long now = clock.getAsLong();
            since.values().removeIf(refusedAt -> now - refusedAt > TIME.toNanos());
        }
        return Set.copyOf(since.keySet());
    }
}

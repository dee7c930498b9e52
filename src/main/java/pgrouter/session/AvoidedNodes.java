package pgrouter.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import pgrouter.config.Address;

/** Standbys that have refused the login of a session: they are not asked again with every request. Client thread only. */
final class AvoidedNodes {
    /** How long such a standby is left alone. */
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

    /** The standbys that are left alone now. */
    Set<Address> now() {
        if (!since.isEmpty()) {
            long now = clock.getAsLong();
            since.values().removeIf(refusedAt -> now - refusedAt > TIME.toNanos());
        }
        return Set.copyOf(since.keySet());
    }
}

package pgrouter.backend;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import pgrouter.config.Address;

/**
 * Backends that have let a login wait until its timeout. A session that can do without them does so for a while.
 * Otherwise each client that comes would wait for a node that answers health probes and nothing else. From time to
 * time one session tries again. Any thread.
 */
final class UnansweredLogins {
    static final Duration LEFT_ALONE = Duration.ofSeconds(10);

    private final LongSupplier clock;

    /** The time at which one session may try again, in nanoseconds of the clock. */
    private final Map<Address, Long> again = new ConcurrentHashMap<>();

    UnansweredLogins(LongSupplier clock) {
        this.clock = clock;
    }

    void add(Address backend) {
        again.put(backend, clock.getAsLong() + LEFT_ALONE.toNanos());
    }

    /** Called when a login was answered, even by a refusal. */
    void remove(Address backend) {
        if (!again.isEmpty()) {
            again.remove(backend);
        }
    }

    /** The backends that the caller should avoid. A backend whose time is over is left out, for this caller only. */
    Set<Address> now() {
        return again.isEmpty()
                ? Set.of()
                : again.keySet().stream().filter(backend -> !isTried(backend)).collect(Collectors.toSet());
    }

    private boolean isTried(Address backend) {
        long now = clock.getAsLong();
        Long time = again.get(backend);
        return time != null && now - time >= 0 && again.replace(backend, time, now + LEFT_ALONE.toNanos());
    }
}

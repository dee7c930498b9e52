package pgrouter.backend;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import pgrouter.config.Address;

/**
 * Backends that have let a login wait until its timeout. Who can do without them does for a while: else each client that comes would
 * wait for a node that answers whoever asks for its health, and nobody else. From time to time one tries again. Any thread.
 */
final class UnansweredLogins {
    static final Duration LEFT_ALONE = Duration.ofSeconds(10);

    private final LongSupplier clock;

    /** When one may try again, in nanoseconds of the clock. */
    private final Map<Address, Long> again = new ConcurrentHashMap<>();

    UnansweredLogins(LongSupplier clock) {
        this.clock = clock;
    }

    void add(Address backend) {
        again.put(backend, clock.getAsLong() + LEFT_ALONE.toNanos());
    }

    /** A login was answered, be it by a refusal. */
    void remove(Address backend) {
        if (!again.isEmpty()) {
            again.remove(backend);
        }
    }

    /** Those that the caller is to leave alone. Where the time of one is over it is not among them: only for this caller. */
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

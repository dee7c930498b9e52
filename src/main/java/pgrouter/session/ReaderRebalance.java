package pgrouter.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * The time at which a session chooses its standby again, since the set of standbys has changed. Each session does so
 * at a random time within a few seconds, so that not all of them move at once to a standby that has come back. Client
 * thread only.
 */
final class ReaderRebalance {
    static final Duration WITHIN = Duration.ofSeconds(5);

    private final LongSupplier clock;
    private final LongUnaryOperator random;
    private long chosenFrom;
    private Optional<Long> dueAt = Optional.empty();

    /**
     * @param version of the set of standbys that the session has chosen from
     * @param clock as {@link System#nanoTime()}
     * @param random returns a number from 0 up to a bound, without it
     */
    ReaderRebalance(long version, LongSupplier clock, LongUnaryOperator random) {
        this.chosenFrom = version;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Whether the session must choose now; true once for each version. A session without a reader chooses at once.
     *
     * @param version of the present set of standbys
     */
    boolean isDue(long version, boolean hasReader) {
        if (version == chosenFrom || (hasReader && isTooSoon())) {
            return false;
        }
        chosenFrom = version;
        dueAt = Optional.empty();
        return true;
    }

    private boolean isTooSoon() {
        long now = clock.getAsLong();
        dueAt = dueAt.or(() -> Optional.of(now + random.applyAsLong(WITHIN.toNanos())));
        return now - dueAt.get() < 0;
    }
}

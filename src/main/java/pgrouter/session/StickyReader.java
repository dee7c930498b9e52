package pgrouter.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.routing.ReadPosition;

/**
 * Keeps a session at the standby that it reads from. Two standbys never have the same position. A session that always
 * goes to the first one with its last write would pay each time for a new process and a login. Instead it reads from
 * the primary meanwhile. Client thread only.
 */
final class StickyReader {
    /** The session leaves a standby that lacks what it needs for longer than this, for one that has it. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LongSupplier clock;
    private Optional<Long> behindSince = Optional.empty();

    /** @param clock as {@link System#nanoTime()} */
    StickyReader(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Returns the candidates from which the session may choose a reader: all of them while there is no primary to read
     * from.
     *
     * @param own the standby that it reads from, as far as it can go on there
     */
    ClusterView choice(Optional<Node> own, ReadPosition needed, ClusterView view) {
        if (own.isEmpty() || view.primary().isEmpty() || needed.isReachedBy(own.get())) {
            behindSince = Optional.empty();
            return view;
        }
        long now = clock.getAsLong();
        behindSince = behindSince.or(() -> Optional.of(now));
        return now - behindSince.get() < PATIENCE.toNanos() ? view.onlyReader(own.get()) : view;
    }
}

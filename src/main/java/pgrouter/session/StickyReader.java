package pgrouter.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.routing.ReadPosition;

/**
 * Keeps a session at the standby that it reads from. Two standbys are never equally far, and a session that goes wherever its last
 * write is first would pay for a new process and a login each time: it reads from the primary meanwhile. Used by the client thread.
 */
final class StickyReader {
    /** One that lacks what the session needs for longer is left for one that has it. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LongSupplier clock;
    private Optional<Long> behindSince = Optional.empty();

    /** @param clock as {@link System#nanoTime()} */
    StickyReader(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * What the session may choose a reader from.
     *
     * @param own the standby that it reads from, as far as it can go on to
     */
    ClusterView choice(Optional<Node> own, ReadPosition needed, ClusterView view) {
        if (own.isEmpty() || needed.isReachedBy(own.get())) {
            behindSince = Optional.empty();
            return view;
        }
        long now = clock.getAsLong();
        behindSince = behindSince.or(() -> Optional.of(now));
        return now - behindSince.get() < PATIENCE.toNanos() ? view.onlyReader(own.get()) : view;
    }
}

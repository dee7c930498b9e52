package pgrouter.routing;

import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;

/**
 * The position that a standby must have replayed for a session to see its own writes. After a write it is open until a
 * probe has asked the primary for its position; from then on it is that one. Immutable.
 */
public final class ReadPosition {
    /** The position of a session that has not written. */
    public static final ReadPosition ANY = new ReadPosition(0, Optional.empty(), 0, false, Optional.empty());

    private final long writtenAt;
    private final Optional<Lsn> position;
    private final int timeline;
    private final boolean wrote;
    private final Optional<Lsn> floor;

    private ReadPosition(long writtenAt, Optional<Lsn> position, int timeline, boolean wrote, Optional<Lsn> floor) {
        this.writtenAt = writtenAt;
        this.position = position;
        this.timeline = timeline;
        this.wrote = wrote;
        this.floor = floor;
    }

    /** @param now {@link System#nanoTime()} after the write was acknowledged */
    public static ReadPosition writtenAt(long now) {
        return new ReadPosition(now, Optional.empty(), 0, true, Optional.empty());
    }

    /**
     * Resolves the position with the results of the probes since: a primary that was asked after the write covers it. A
     * primary on another timeline covers all that has survived of the timeline before, of which no position is valid
     * any more.
     */
    public ReadPosition resolve(ClusterView view) {
        if (!wrote || view.primary().isEmpty()) {
            return this;
        }
        Node primary = view.primary().get();
        boolean settled = position.isPresent() && timeline == primary.timeline();
        boolean covers = primary.askedAt() - writtenAt > 0;
        return settled || !covers
                ? this
                : new ReadPosition(writtenAt, primary.position(), primary.timeline(), true, floor);
    }

    /** Whether it also holds for a write at this time. */
    public boolean covers(long time) {
        return wrote && writtenAt - time >= 0;
    }

    /** The same, but at least this position. */
    public ReadPosition andAtLeast(Lsn least) {
        return new ReadPosition(writtenAt, position, timeline, wrote, Optional.of(least));
    }

    public boolean isReachedBy(Node standby) {
        return (!wrote || isReached(position, standby)) && (floor.isEmpty() || isReached(floor, standby));
    }

    private static boolean isReached(Optional<Lsn> wanted, Node standby) {
        return wanted.isPresent()
                && standby.position().isPresent()
                && standby.position().get().compareTo(wanted.get()) >= 0;
    }
}

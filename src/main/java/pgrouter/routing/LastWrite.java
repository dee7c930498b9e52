package pgrouter.routing;

import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Writes;

/**
 * The position of the last write through this pgrouter: that of the primary's first answer after the write. A session
 * that looks later takes it. The primary's latest answer also covers what was written since, which the session need
 * not see, and which no standby may have for long. Any thread.
 */
public final class LastWrite {
    private final Writes writes;

    /** Two threads may set it at once: each value is right, and an earlier one lets sessions take the latest answer. */
    private volatile Known known = new Known(ReadPosition.ANY, 0);

    /**
     * A position, and the latest asynchronous write by which it was resolved. Such a write is noted by a time that was
     * read just before. So one that is noted later may belong to the writes that the position is to cover.
     */
    private record Known(ReadPosition position, long latestAsynchronous) {}

    private LastWrite(Writes writes) {
        this.writes = writes;
    }

    /** Looks at every answer of the primary from now on. */
    public static LastWrite of(Writes writes, Cluster cluster) {
        LastWrite last = new LastWrite(writes);
        cluster.watch(last::look);
        return last;
    }

    private void look(ClusterView view) {
        long time = latest();
        long latestAsynchronous = writes.latestAsynchronous();
        ReadPosition before = known.latestAsynchronous() == latestAsynchronous ? known.position() : ReadPosition.ANY;
        ReadPosition told = before.covers(time) ? before : told(view);
        ReadPosition next = (told.covers(time) ? told : before).resolve(view, latestAsynchronous);
        known = new Known(next, latestAsynchronous);
    }

    /** Whatever was written before the primary was asked. */
    private static ReadPosition told(ClusterView view) {
        return view.lastPrimary()
                .map(primary -> ReadPosition.othersWroteAt(primary.askedAt() - 1))
                .orElse(ReadPosition.ANY);
    }

    private long latest() {
        long possible = writes.latestPossible();
        return writes.areAny() && writes.latest() - possible > 0 ? writes.latest() : possible;
    }

    /** Returns the position as far as it is known by now. */
    public ReadPosition resolve(ReadPosition position, ClusterView view) {
        Known shared = known;
        long latestAsynchronous = writes.latestAsynchronous();
        ReadPosition taken =
                shared.latestAsynchronous() == latestAsynchronous ? position.takeFrom(shared.position()) : position;
        return taken.resolve(view, latestAsynchronous);
    }
}

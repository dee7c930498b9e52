package pgrouter.routing;

import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;

/**
 * How far a standby must have replayed for a session to see its own writes. After a write the position is open until a probe has
 * asked the primary for its own; from then on it is that one. Immutable.
 */
public final class ReadPosition {
    /** A session that has not written. */
    public static final ReadPosition ANY = new ReadPosition(0, Optional.empty(), false);

    private final long writtenAt;
    private final Optional<Lsn> position;
    private final boolean wrote;

    private ReadPosition(long writtenAt, Optional<Lsn> position, boolean wrote) {
        this.writtenAt = writtenAt;
        this.position = position;
        this.wrote = wrote;
    }

    /** @param now {@link System#nanoTime()} after the write was acknowledged */
    public static ReadPosition writtenAt(long now) {
        return new ReadPosition(now, Optional.empty(), true);
    }

    /** What this has become by what the probes have found since: a primary that was asked after the write covers it. */
    public ReadPosition resolve(ClusterView view) {
        if (!wrote || position.isPresent()) {
            return this;
        }
        return view.primary()
                .filter(primary -> primary.askedAt() - writtenAt > 0)
                .map(primary -> new ReadPosition(writtenAt, primary.position(), true))
                .orElse(this);
    }

    /** Whether it holds for a write at this time too. */
    public boolean covers(long time) {
        return wrote && writtenAt - time >= 0;
    }

    public boolean isReachedBy(Node standby) {
        if (!wrote) {
            return true;
        }
        return position.isPresent()
                && standby.position().isPresent()
                && standby.position().get().compareTo(position.get()) >= 0;
    }
}

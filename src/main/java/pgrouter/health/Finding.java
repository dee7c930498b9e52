package pgrouter.health;

import java.util.Optional;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.State;

/** What one probe found out. */
sealed interface Finding {
    /** @param askedAt {@link System#nanoTime()} before the question was sent */
    record Primary(Lsn position, int timeline, long askedAt) implements Finding {}

    record Standby(Optional<Lsn> replayed, long askedAt) implements Finding {}

    record Unusable(State state, String reason) implements Finding {}
}

package pgrouter.cluster;

import java.util.Optional;
import pgrouter.config.Backend;

/**
 * What the last probe found out about one backend.
 *
 * @param reason why the state is what it is; empty for OK
 * @param position of a primary where the next record goes, of a standby what is replayed
 * @param timeline of a primary; 0 where it is not known
 * @param lag of a standby in bytes behind the primary; empty until it was measured
 * @param askedAt {@link System#nanoTime()} before the probe asked: the position is not older than that
 */
public record Node(
        Backend backend,
        State state,
        Role role,
        String reason,
        Optional<Lsn> position,
        int timeline,
        Optional<Long> lag,
        long askedAt) {

    private static final String NOT_PROBED = "not probed yet";

    /** A backend that was not probed yet. */
    public static Node unknown(Backend backend) {
        return new Node(backend, State.FAILED, Role.UNKNOWN, NOT_PROBED, Optional.empty(), 0, Optional.empty(), 0);
    }

    /** A backend that could not be asked: role and position are those of before, as nothing newer is known. */
    public Node unusable(State state, String reason) {
        return new Node(backend, state, role, reason, position, timeline, lag, askedAt);
    }

    /** A node that answered that it is the primary. */
    public static Node primary(Backend backend, Lsn position, int timeline, long askedAt) {
        return new Node(
                backend, State.OK, Role.PRIMARY, "", Optional.of(position), timeline, Optional.empty(), askedAt);
    }

    /** A node that answered that it is a standby; it has no position where nothing was replayed since its start. */
    public static Node standby(Backend backend, Optional<Lsn> position, Optional<Long> lag, long askedAt) {
        return new Node(backend, State.OK, Role.STANDBY, "", position, 0, lag, askedAt);
    }

    /** The same with a position that was asked for meanwhile. */
    public Node at(Lsn newer, long asked) {
        return new Node(backend, state, role, reason, Optional.of(newer), timeline, lag, asked);
    }

    /** Keeps the later of two positions of the same node in the same role. */
    Node notBefore(Node known) {
        boolean later = known.role == role && known.state == State.OK && known.askedAt - askedAt > 0;
        return later && known.position.isPresent() ? at(known.position.get(), known.askedAt) : this;
    }

    /** Whether anything is known of it. */
    public boolean isProbed() {
        return !reason.equals(NOT_PROBED);
    }

    public boolean isPrimary() {
        return state == State.OK && role == Role.PRIMARY;
    }

    /** Whether a session may read here: up, within its lag limit, and with a weight. */
    public boolean isSuitableReader() {
        return state == State.OK
                && role == Role.STANDBY
                && backend.weight() > 0
                && lag.isPresent()
                && lag.get() <= backend.lag();
    }
}

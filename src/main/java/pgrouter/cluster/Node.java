package pgrouter.cluster;

import java.time.Duration;
import java.util.Optional;
import pgrouter.config.Backend;

/**
 * What is known of one backend.
 *
 * @param reason why the state is what it is, or why a standby gets no reads; empty where there is nothing to say
 * @param silent whether it did not answer at all within its time: what was sent to it will hardly be answered either
 * @param position of a primary where the next record goes, of a standby what is replayed
 * @param timeline that a primary writes or a standby follows; 0 where it is not known
 * @param system the identifier of the cluster that it belongs to; empty where it is not known
 * @param lag of a standby in bytes behind the primary; empty until it was measured
 * @param behind of a standby: what it lacks, since when
 * @param askedAt {@link System#nanoTime()} before it was asked: the position is not older than that
 * @param drained whether an administrator wants no new reads there for now
 */
public record Node(
        Backend backend,
        State state,
        Role role,
        String reason,
        boolean silent,
        Optional<Lsn> position,
        int timeline,
        String system,
        Optional<Long> lag,
        Optional<Behind> behind,
        long askedAt,
        boolean drained) {

    private static final String NOT_PROBED = "not probed yet";

    /** A standby's position is compared with one of the primary that is not older than this, in nanoseconds. */
    private static final long RECENT = 1_000_000_000L;

    /** What the primary has written in this time after the standby was asked would look like lag. */
    private static final long SAME_TIME = 50_000_000L;

    /** A backend that was not probed yet. */
    public static Node unknown(Backend backend) {
        return new Node(
                backend,
                State.FAILED,
                Role.UNKNOWN,
                NOT_PROBED,
                false,
                Optional.empty(),
                0,
                "",
                Optional.empty(),
                Optional.empty(),
                0,
                false);
    }

    /** A backend that could not be asked: role and position are those of before, as nothing newer is known. */
    public Node unusable(State now, String why) {
        return new Node(backend, now, role, why, false, position, timeline, system, lag, behind, askedAt, drained);
    }

    /** The same for one that did not answer at all. */
    public Node unanswering(String why) {
        return new Node(
                backend, State.FAILED, role, why, true, position, timeline, system, lag, behind, askedAt, drained);
    }

    /** A node that answered that it is the primary. */
    public static Node primary(Backend backend, Lsn position, int timeline, long askedAt) {
        return new Node(
                backend,
                State.OK,
                Role.PRIMARY,
                "",
                false,
                Optional.of(position),
                timeline,
                "",
                Optional.empty(),
                Optional.empty(),
                askedAt,
                false);
    }

    /** A node that answered that it is a standby; it has no position where nothing was replayed since its start. */
    public static Node standby(Backend backend, Optional<Lsn> position, Optional<Long> lag, long askedAt) {
        return new Node(
                backend, State.OK, Role.STANDBY, "", false, position, 0, "", lag, Optional.empty(), askedAt, false);
    }

    /** The same on this timeline. */
    public Node on(int itsTimeline) {
        return new Node(
                backend, state, role, reason, silent, position, itsTimeline, system, lag, behind, askedAt, drained);
    }

    /** The same as a member of this cluster. */
    public Node of(String itsSystem) {
        return new Node(
                backend, state, role, reason, silent, position, timeline, itsSystem, lag, behind, askedAt, drained);
    }

    /** The same with a position that was asked for meanwhile. */
    Node at(Lsn newer, long asked) {
        return new Node(
                backend,
                state,
                role,
                reason,
                silent,
                Optional.of(newer),
                timeline,
                system,
                lag,
                behind,
                asked,
                drained);
    }

    /** The same under other settings. */
    Node configured(Backend now) {
        return new Node(now, state, role, reason, silent, position, timeline, system, lag, behind, askedAt, drained);
    }

    /** The same with other wishes of the administrator. */
    public Node drained(boolean now) {
        return new Node(backend, state, role, reason, silent, position, timeline, system, lag, behind, askedAt, now);
    }

    /** Its share of the reading sessions. */
    public int weight() {
        return drained ? 0 : backend.weight();
    }

    /** Why it is not used or not read from; empty where there is nothing to say. */
    public String whyUnused() {
        return reason.isEmpty() && drained ? "drained" : reason;
    }

    /** A standby that follows something else than the primary: how far it is behind cannot be told. */
    Node astray(String why) {
        return new Node(
                backend,
                state,
                role,
                why,
                silent,
                position,
                timeline,
                system,
                Optional.empty(),
                behind,
                askedAt,
                drained);
    }

    /** What is remembered of a node when it answers again: nothing, where it was away, for it could be anywhere. */
    Node after(Node before) {
        boolean same = before.state == State.OK && before.role == role;
        return same ? measured(before.lag, before.behind).on(Math.max(timeline, before.timeline)) : this;
    }

    private Node measured(Optional<Long> itsLag, Optional<Behind> itsBehind) {
        return new Node(
                backend, state, role, reason, silent, position, timeline, system, itsLag, itsBehind, askedAt, drained);
    }

    /** Compares its position with the primary's, where both were asked for at the same time. */
    Node measuredBy(Node primary) {
        boolean comparable = state == State.OK
                && role == Role.STANDBY
                && position.isPresent()
                && primary.position.isPresent()
                && askedAt - primary.askedAt <= RECENT
                && primary.askedAt - askedAt <= (lag.isPresent() ? SAME_TIME : RECENT);
        if (!comparable) {
            return this;
        }
        long bytes = position.get().bytesBehind(primary.position.get());
        return measured(Optional.of(bytes), Behind.of(behind, position.get(), askedAt, primary));
    }

    /** Whether anything is known of it. */
    public boolean isProbed() {
        return !reason.equals(NOT_PROBED);
    }

    public boolean isPrimary() {
        return state == State.OK && role == Role.PRIMARY;
    }

    /** Whether a session may read here: up, within its lag limits, and with a weight. */
    public boolean isSuitableReader() {
        return state == State.OK
                && role == Role.STANDBY
                && weight() > 0
                && lag.isPresent()
                && lag.get() <= backend.lag()
                && isInTime();
    }

    /** For how long a standby has lacked something that the primary has written. */
    public Duration behindFor() {
        return Duration.ofNanos(behind.map(Behind::age).orElse(0L));
    }

    private boolean isInTime() {
        return backend.lagTime().isEmpty()
                || behind.isEmpty()
                || behind.get().age() <= backend.lagTime().get().toNanos();
    }
}

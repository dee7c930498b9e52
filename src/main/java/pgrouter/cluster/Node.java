package pgrouter.cluster;

import java.time.Duration;
import java.util.Optional;
import pgrouter.config.Backend;

/**
 * The known state of one backend.
 *
 * @param place its position when it was last asked
 * @param system the identifier of the cluster that it belongs to; empty where it is not known
 * @param distance of a standby from the primary
 * @param drained whether an administrator wants no new reads there for now
 */
public record Node(Backend backend, Standing standing, Place place, String system, Distance distance, boolean drained) {

    /** A standby's position is compared with one of the primary that is not older than this, in nanoseconds. */
    private static final long RECENT = 1_000_000_000L;

    /** WAL that the primary has written in this time after the standby was asked would look like lag. */
    private static final long SAME_TIME = 50_000_000L;

    /** The state and role that the node is taken for, and why. */
    public record Standing(State state, Role role, Reason reason) {}

    /**
     * The position of the node.
     *
     * @param position of a primary, up to where its WAL is flushed, which is what standbys can receive; of a standby,
     *     up to where it has replayed
     * @param ahead of a primary, where the next record goes; of a standby, up to where it has received, which may be
     *     less than it has replayed
     * @param timeline that a primary writes or a standby follows; 0 where it is not known
     * @param askedAt {@link System#nanoTime()} before it was asked: the position is not older than that
     * @param commits of a primary, which of them may not be flushed; empty where that is not known
     */
    public record Place(
            Optional<Lsn> position,
            Optional<Lsn> ahead,
            int timeline,
            long askedAt,
            Optional<AsynchronousCommits> commits) {
        static final Place UNKNOWN = new Place(Optional.empty(), Optional.empty(), 0, 0);

        /** A place of which nothing else is known. */
        public Place(Optional<Lsn> position, Optional<Lsn> ahead, int timeline, long askedAt) {
            this(position, ahead, timeline, askedAt, Optional.empty());
        }

        /** The same on this timeline. */
        public Place on(int itsTimeline) {
            return new Place(position, ahead, itsTimeline, askedAt, commits);
        }

        /** The same with what the answer before has told. */
        Place after(Place before) {
            boolean both = commits.isPresent() && before.commits.isPresent() && position.isPresent();
            return both
                    ? new Place(
                            position,
                            ahead,
                            timeline,
                            askedAt,
                            Optional.of(commits.get().after(before.commits.get(), position.get())))
                    : this;
        }

        /**
         * Returns a position of a primary that covers all commits which it had acknowledged when it was asked.
         *
         * @param latestAsynchronous {@link System#nanoTime()} after the latest of them that may not have been flushed was
         *     acknowledged
         */
        public Optional<Lsn> committed(long latestAsynchronous) {
            boolean flushed = commits.isPresent() && commits.get().areFlushed(latestAsynchronous);
            return flushed ? position : ahead;
        }
    }

    /**
     * The distance of a standby from the primary.
     *
     * @param lag in bytes behind the primary; empty until it was measured
     * @param behind the target that it lacks, and since when
     */
    public record Distance(Optional<Long> lag, Optional<ReplayDelay> behind) {
        static final Distance UNKNOWN = new Distance(Optional.empty(), Optional.empty());
    }

    /** A backend that was not probed yet. */
    public static Node unknown(Backend backend) {
        return new Node(
                backend,
                new Standing(State.FAILED, Role.UNKNOWN, Reason.NOT_PROBED),
                Place.UNKNOWN,
                "",
                Distance.UNKNOWN,
                false);
    }

    /** A node that answered that it is in this role, and there. */
    public static Node in(Role role, Backend backend, Place place) {
        return new Node(backend, new Standing(State.OK, role, Reason.NONE), place, "", Distance.UNKNOWN, false);
    }

    /** A node that answered that it is the primary, and has flushed all of its WAL, as it does before each acknowledgement. */
    public static Node primary(Backend backend, Lsn position, int timeline, long askedAt) {
        Optional<Lsn> end = Optional.of(position);
        AsynchronousCommits none =
                AsynchronousCommits.told(false, Optional.empty(), position, position, askedAt, askedAt);
        return in(Role.PRIMARY, backend, new Place(end, end, timeline, askedAt, Optional.of(none)));
    }

    /** A node that answered that it is a standby; it has no position where nothing was replayed since its start. */
    public static Node standby(Backend backend, Optional<Lsn> position, Optional<Long> lag, long askedAt) {
        return in(Role.STANDBY, backend, new Place(position, position, 0, askedAt))
                .with(new Distance(lag, Optional.empty()));
    }

    /** The same as a backend that could not be asked. Role and position stay as before, since nothing newer is known. */
    public Node unusable(State now, String why) {
        return judged(now, new Reason.Unusable(why));
    }

    /** The same for one that did not answer at all. */
    public Node unanswering(String why) {
        return judged(State.FAILED, new Reason.Silent(why));
    }

    /** The same where its answer is not believed. */
    Node judged(State now, Reason why) {
        return with(new Standing(now, role(), why));
    }

    /** The same as a standby that does not follow the primary: its lag cannot be measured. */
    Node astray(String why) {
        Node judged = judged(state(), new Reason.Astray(why));
        return judged.with(new Distance(Optional.empty(), behind()));
    }

    /** The same on this timeline. */
    public Node on(int itsTimeline) {
        return with(place.on(itsTimeline));
    }

    /** The same as a member of this cluster. */
    public Node of(String itsSystem) {
        return new Node(backend, standing, place, itsSystem, distance, drained);
    }

    /** The same with a position that was asked for meanwhile, on the timeline that is known. */
    Node at(Place newer) {
        return with(newer.on(timeline()).after(place));
    }

    /** The same without a position: the known one may not hold any more. */
    public Node unplaced() {
        return with(new Place(Optional.empty(), Optional.empty(), timeline(), askedAt()));
    }

    /** The same under other settings. */
    Node configured(Backend now) {
        return new Node(now, standing, place, system, distance, drained);
    }

    /** The same, drained or not. */
    public Node drained(boolean now) {
        return new Node(backend, standing, place, system, distance, now);
    }

    private Node with(Standing now) {
        return new Node(backend, now, place, system, distance, drained);
    }

    private Node with(Place now) {
        return new Node(backend, standing, now, system, distance, drained);
    }

    private Node with(Distance now) {
        return new Node(backend, standing, place, system, now, drained);
    }

    public State state() {
        return standing.state();
    }

    public Role role() {
        return standing.role();
    }

    /** The reason of the state, or why a standby gets no reads. */
    public Reason reason() {
        return standing.reason();
    }

    public Optional<Lsn> position() {
        return place.position();
    }

    /** The position that follows: of a primary the inserted one, of a standby the received one. */
    public Optional<Lsn> ahead() {
        return place.ahead();
    }

    public int timeline() {
        return place.timeline();
    }

    public long askedAt() {
        return place.askedAt();
    }

    public Optional<Long> lag() {
        return distance.lag();
    }

    Optional<ReplayDelay> behind() {
        return distance.behind();
    }

    /** The weight of the node, its share of the reading sessions. */
    public int weight() {
        return drained ? 0 : backend.weight();
    }

    /** The reason why it is not used or not read from; empty where there is none. */
    public String whyUnused() {
        return reason() instanceof Reason.None && drained ? "drained" : reason().text();
    }

    /**
     * The same with the state that is kept of the node before this answer: none where it was away, since its position
     * could be anything.
     */
    Node after(Node before) {
        boolean same = before.state() == State.OK && before.role() == role();
        Node now = with(place.after(before.place));
        return same ? now.with(before.distance).on(Math.max(timeline(), before.timeline())) : now;
    }

    /** Compares its position with the primary's, where both were asked for at the same time. */
    Node measuredBy(Node primary) {
        boolean comparable = state() == State.OK
                && role() == Role.STANDBY
                && position().isPresent()
                && primary.position().isPresent()
                && askedAt() - primary.askedAt() <= RECENT
                && primary.askedAt() - askedAt() <= (lag().isPresent() ? SAME_TIME : RECENT);
        if (!comparable) {
            return this;
        }
        long bytes = position().get().bytesBehind(primary.position().get());
        return with(new Distance(
                Optional.of(bytes), ReplayDelay.of(behind(), position().get(), askedAt(), primary.place())));
    }

    /** Whether it was probed. */
    public boolean isProbed() {
        return !(reason() instanceof Reason.NotProbed);
    }

    /** Whether it did not answer at all within its time. */
    public boolean isSilent() {
        return reason() instanceof Reason.Silent;
    }

    public boolean isPrimary() {
        return state() == State.OK && role() == Role.PRIMARY;
    }

    /** Whether a session may read here: up, within its lag limits, and with a weight. */
    public boolean isSuitableReader() {
        return state() == State.OK
                && role() == Role.STANDBY
                && weight() > 0
                && lag().isPresent()
                && lag().get() <= backend.lag()
                && isInTime();
    }

    /** The time for which a standby has lacked WAL that the primary has written. */
    public Duration behindFor() {
        return Duration.ofNanos(behind().map(ReplayDelay::age).orElse(0L));
    }

    private boolean isInTime() {
        return backend.lagTime().isEmpty()
                || behind().isEmpty()
                || behind().get().age() <= backend.lagTime().get().toNanos();
    }
}

package pgrouter.routing;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;

/**
 * The position that a standby must have replayed for a read to see the writes that it must see. After a write it is
 * open until a probe has asked the primary for its position; from then on it is that one. Immutable.
 */
public final class ReadPosition {
    /** The position of a read that need not see any write. */
    public static final ReadPosition ANY = new ReadPosition(Writer.NONE, 0, Optional.empty(), 0, Optional.empty());

    private final Writer writer;
    private final long writtenAt;
    private final Optional<Lsn> position;
    private final int timeline;
    private final Optional<Lsn> floor;

    /** The writer of what must be seen. */
    private enum Writer {
        NONE,
        OWN,
        OTHER,
        ANYTHING
    }

    private ReadPosition(Writer writer, long writtenAt, Optional<Lsn> position, int timeline, Optional<Lsn> floor) {
        this.writer = writer;
        this.writtenAt = writtenAt;
        this.position = position;
        this.timeline = timeline;
        this.floor = floor;
    }

    /** @param now {@link System#nanoTime()} after a write of the session itself was acknowledged */
    public static ReadPosition writtenAt(long now) {
        return new ReadPosition(Writer.OWN, now, Optional.empty(), 0, Optional.empty());
    }

    /** @param time {@link System#nanoTime()} after a write of another session was acknowledged */
    public static ReadPosition othersWroteAt(long time) {
        return new ReadPosition(Writer.OTHER, time, Optional.empty(), 0, Optional.empty());
    }

    /** @param now {@link System#nanoTime()}; all that was committed before must be seen, whoever wrote it */
    public static ReadPosition committedBefore(long now) {
        return new ReadPosition(Writer.ANYTHING, now, Optional.empty(), 0, Optional.empty());
    }

    /**
     * Resolves the position with the results of the probes since: what a primary has flushed when it was asked after the
     * write covers it, or what it has inserted where it may have acknowledged the write before the flush. That holds also
     * after that primary was lost. A primary on another timeline covers all that has survived of the timeline before, of which no
     * position is valid any more. So does one on the same timeline that has inserted less by now: it has lost unflushed
     * WAL in a crash, and would keep reads from the standbys until it has written as much again.
     *
     * @param latestAsynchronous {@link System#nanoTime()} after the latest write was acknowledged that may not have been
     *     flushed by then
     */
    public ReadPosition resolve(ClusterView view, long latestAsynchronous) {
        if (!isOfWrite() || view.lastPrimary().isEmpty()) {
            return this;
        }
        Node primary = view.lastPrimary().get();
        boolean settled = position.isPresent() && timeline == primary.timeline() && !isLost(position.get(), primary);
        boolean covers = primary.askedAt() - writtenAt > 0;
        return settled || !covers
                ? this
                : new ReadPosition(
                        writer, writtenAt, committed(primary, latestAsynchronous), primary.timeline(), floor);
    }

    /** Commits that did not pass through this pgrouter may be of any kind. */
    private Optional<Lsn> committed(Node primary, long latestAsynchronous) {
        return isOfThisMoment() ? primary.ahead() : primary.place().committed(latestAsynchronous);
    }

    /** Takes the position of another, where that also holds for its writes. What did not pass here may not be flushed. */
    ReadPosition takeFrom(ReadPosition other) {
        return isOpen() && !isOfThisMoment() && !other.isOpen() && other.covers(this)
                ? new ReadPosition(writer, writtenAt, other.position, other.timeline, floor)
                : this;
    }

    private static boolean isLost(Lsn position, Node primary) {
        return primary.ahead().isPresent() && primary.ahead().get().compareTo(position) < 0;
    }

    private boolean isOfWrite() {
        return writer != Writer.NONE;
    }

    /** Whether it also holds for the writes of another one, with its position. */
    public boolean covers(ReadPosition other) {
        return !other.isOfWrite() || covers(other.writtenAt);
    }

    /** Whether it also holds for a write at this time. */
    public boolean covers(long time) {
        return isOfWrite() && writtenAt - time >= 0;
    }

    /** Whether the last of the writes may be another session's. */
    public boolean isOfOthers() {
        return writer == Writer.OTHER || writer == Writer.ANYTHING;
    }

    /** Whether all that was committed by now must be seen: no later read can use the answer. */
    public boolean isOfThisMoment() {
        return writer == Writer.ANYTHING;
    }

    /** Whether the primary was not asked since the write. */
    public boolean isOpen() {
        return isOfWrite() && position.isEmpty();
    }

    /** {@link System#nanoTime()} after the last of the writes; only where there is one. */
    public long writtenAt() {
        return writtenAt;
    }

    /** The same, but at least this position, which no write of a client has. */
    public ReadPosition andAtLeast(Lsn least) {
        return new ReadPosition(writer, writtenAt, position, timeline, Optional.of(least));
    }

    public boolean isReachedBy(Node standby) {
        return isWriteReachedBy(standby) && (floor.isEmpty() || isReached(floor, standby));
    }

    /** Whether it has the writes, and not what {@link #andAtLeast} demands. */
    public boolean lacksOnlyFloor(Node standby) {
        return standby.position().isPresent() && isWriteReachedBy(standby) && !isReachedBy(standby);
    }

    /** Returns the position up to which a standby still has to replay; empty where that is not known, or nothing is missing. */
    public Optional<Lsn> missingAt(Node standby) {
        if (isOpen() || isReachedBy(standby) || !follows(standby)) {
            return Optional.empty();
        }
        return Stream.concat(position.stream(), floor.stream()).max(Comparator.naturalOrder());
    }

    private boolean isWriteReachedBy(Node standby) {
        return !isOfWrite() || (isReached(position, standby) && follows(standby));
    }

    /**
     * Whether the standby's WAL has the history of the position. One on an earlier timeline may lack what the primary
     * has written; while there is a primary such a node is no suitable reader anyway.
     */
    private boolean follows(Node standby) {
        return standby.timeline() == 0 || standby.timeline() >= timeline;
    }

    private static boolean isReached(Optional<Lsn> wanted, Node standby) {
        return wanted.isPresent()
                && standby.position().isPresent()
                && standby.position().get().compareTo(wanted.get()) >= 0;
    }
}

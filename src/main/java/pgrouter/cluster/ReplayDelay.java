package pgrouter.cluster;

import java.util.Optional;

/**
 * The time since when a standby has lacked some WAL. The primary was seen at the target at that time, and the standby
 * has not reached it yet. So an idle primary causes no lag, however old its last transaction is, and no clock of
 * another host is used. A target beyond the end of the primary is of another primary, which has gone with WAL that it
 * had not sent. No standby will reach it, and it does not count any more.
 *
 * <p>Only flushed WAL is sent. While no commit demands more, the primary flushes whole pages. Such a flush may end inside
 * a record, for seconds, and no standby can replay up to it. So it makes a position the target that lies a record before
 * it.
 *
 * @param since {@link System#nanoTime()}
 * @param age how long ago that was when the standby was last asked, in nanoseconds
 */
record ReplayDelay(Lsn target, long since, long age) {
    /** A record has the images of 33 pages at most (XLR_MAX_BLOCK_ID), and its own data are seldom longer than these. */
    private static final long LONGEST_RECORD = 512 * 1024;

    /**
     * @param before the delay that was known
     * @param replayed the position of the standby
     * @param askedAt the time at which it was asked
     * @param primary where the primary is, which is known
     */
    static Optional<ReplayDelay> of(Optional<ReplayDelay> before, Lsn replayed, long askedAt, Node.Place primary) {
        Lsn end = primary.position().orElseThrow();
        boolean still = before.filter(behind -> replayed.compareTo(behind.target()) < 0)
                .filter(behind -> behind.target().compareTo(end) <= 0)
                .isPresent();
        Lsn target = still ? before.get().target() : replayable(end, primary.ahead());
        if (replayed.compareTo(target) >= 0) {
            return Optional.empty();
        }
        long since = still ? before.get().since() : primary.askedAt();
        return Optional.of(new ReplayDelay(target, since, Math.max(0, askedAt - since)));
    }

    /** A position that a standby can replay up to when it has received all that is flushed. */
    private static Lsn replayable(Lsn flushed, Optional<Lsn> inserted) {
        boolean mayEndInsideRecord = flushed.isPageStart()
                && inserted.filter(end -> end.compareTo(flushed) > 0).isPresent();
        return mayEndInsideRecord ? flushed.minus(LONGEST_RECORD) : flushed;
    }
}

package pgrouter.cluster;

import java.util.Optional;

/**
 * The time since when a standby has lacked some WAL. The primary was seen at the target at that time, and the standby
 * has not reached it yet. So an idle primary causes no lag, however old its last transaction is, and no clock of
 * another host is used. A target beyond the end of the primary is of another primary, which has gone with WAL that it
 * had not sent. No standby will reach it, and it does not count any more.
 *
 * @param since {@link System#nanoTime()}
 * @param age how long ago that was when the standby was last asked, in nanoseconds
 */
record ReplayDelay(Lsn target, long since, long age) {
    /**
     * @param before the delay that was known
     * @param replayed the position of the standby
     * @param askedAt the time at which it was asked
     */
    static Optional<ReplayDelay> of(Optional<ReplayDelay> before, Lsn replayed, long askedAt, Node primary) {
        Lsn end = primary.position().orElseThrow();
        if (replayed.compareTo(end) >= 0) {
            return Optional.empty();
        }
        boolean still = before.filter(behind -> replayed.compareTo(behind.target()) < 0)
                .filter(behind -> behind.target().compareTo(end) <= 0)
                .isPresent();
        Lsn target = still ? before.get().target() : end;
        long since = still ? before.get().since() : primary.askedAt();
        return Optional.of(new ReplayDelay(target, since, Math.max(0, askedAt - since)));
    }
}

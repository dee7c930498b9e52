package pgrouter.cluster;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The knowledge that a primary's answers give of commits which it acknowledges before their WAL is flushed. All times are
 * those of {@link System#nanoTime()}. Immutable.
 *
 * @param configured whether its configuration allowed them when it was asked last
 * @param logins the last answer about the settings that a session gets at its login; empty where there is none yet
 * @param allowedUntil the end of the time in which either may have allowed them. A connection that was dialled before
 *     may have such a setting, which it keeps.
 * @param flushedBefore all that was inserted before this time was flushed when the primary was asked last; empty where
 *     there is no such time yet
 * @param mark a position that was inserted, and not flushed, when the primary was asked at {@code markedAt}
 */
public record AsynchronousCommits(
        boolean configured,
        Optional<Logins> logins,
        long allowedUntil,
        OptionalLong flushedBefore,
        Lsn mark,
        long markedAt) {

    /**
     * The settings of roles and databases.
     *
     * @param allow whether one of them may allow such commits
     * @param askedAt when the primary was asked for them
     */
    public record Logins(boolean allow, long askedAt) {}

    /**
     * One answer of a primary.
     *
     * @param logins empty where it was not asked for these
     * @param askedAt when it was asked for its position
     * @param toldAt when the answers were there
     */
    public static AsynchronousCommits told(
            boolean configured, Optional<Logins> logins, Lsn flushed, Lsn inserted, long askedAt, long toldAt) {
        boolean all = flushed.compareTo(inserted) >= 0;
        return new AsynchronousCommits(
                configured, logins, toldAt, all ? OptionalLong.of(askedAt) : OptionalLong.empty(), inserted, askedAt);
    }

    private boolean areAllowed() {
        return configured || (logins.isPresent() && logins.get().allow());
    }

    /**
     * The same as a later answer than those before. A position that was inserted at some time covers all that was
     * inserted before that time, and so does the flush of that position. A position that a crash has undone is given up.
     */
    AsynchronousCommits after(AsynchronousCommits before, Lsn flushed) {
        Optional<Logins> known = logins.isPresent() ? logins : before.logins;
        long until = areAllowed() || before.areAllowed() ? allowedUntil : before.allowedUntil;
        if (flushedBefore.isPresent()) {
            return new AsynchronousCommits(configured, known, until, flushedBefore, mark, markedAt);
        }
        if (flushed.compareTo(before.mark) >= 0) {
            return new AsynchronousCommits(configured, known, until, OptionalLong.of(before.markedAt), mark, markedAt);
        }
        boolean lost = mark.compareTo(before.mark) < 0;
        return new AsynchronousCommits(
                configured,
                known,
                until,
                before.flushedBefore,
                lost ? mark : before.mark,
                lost ? markedAt : before.markedAt);
    }

    /**
     * Whether a connection may commit so, whatever its session has set itself. It may until the primary was asked after
     * its login.
     *
     * @param begunAt when it was dialled
     * @param openedAt when the login was over
     */
    public boolean mayComeFrom(long begunAt, long openedAt) {
        return areAllowed()
                || begunAt - allowedUntil <= 0
                || logins.isEmpty()
                || logins.get().askedAt() - openedAt <= 0;
    }

    /**
     * Whether all commits are flushed of which the latest that may be asynchronous was acknowledged at this time. As long
     * as the settings allowed them, any commit may have been one, before the answer that told so too.
     */
    boolean areFlushed(long latest) {
        return !areAllowed()
                && flushedBefore.isPresent()
                && flushedBefore.getAsLong() - latest > 0
                && flushedBefore.getAsLong() - allowedUntil > 0;
    }
}

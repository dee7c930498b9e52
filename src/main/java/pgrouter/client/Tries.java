package pgrouter.client;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The tries at the passwords of one user from one address, or of all users from one. A try that is under way counts
 * as a failure until it is known to be none. Tries that must wait do so in a line, in the order in which their
 * passwords have come. Guarded by {@link FailedLogins}.
 */
public final class Tries {
    /** The time is not known: the try is woken when it may be its turn. */
    static final Duration WHEN_WOKEN = Duration.ofDays(1);

    /**
     * @param free the failures without a consequence
     * @param most more are not remembered
     * @param forgiven one failure in this time
     */
    record Pace(int free, int most, Duration forgiven) {}

    private final Pace pace;
    private final SequencedSet<FailedLogins.Attempt> line = new LinkedHashSet<>();

    /** The failures that were not forgiven at {@code countedAt}; in nanoseconds. */
    private double failures;

    private long countedAt;

    /** When the last try began that has failed, in nanoseconds. */
    private long failedSince;

    private int underWay;

    /** @param now in nanoseconds, as all times here */
    Tries(Pace pace, long now) {
        this.pace = pace;
        this.countedAt = now;
        this.failedSince = now;
    }

    /**
     * Begins the try where it is its turn, and keeps its place in the line where it is not.
     *
     * @param apart how long after the beginning of a failure the next try may begin, once there are too many failures
     * @return zero where it has begun
     */
    Duration begin(FailedLogins.Attempt attempt, Duration apart, long now) {
        line.add(attempt);
        if (line.getFirst() != attempt) {
            return WHEN_WOKEN;
        }
        Duration wait = waitOfFirst(apart, now);
        if (wait.isZero()) {
            underWay++;
            leave(attempt);
        }
        return wait;
    }

    private Duration waitOfFirst(Duration apart, long now) {
        if (failures(now) + underWay + 1 <= pace.free()) {
            return Duration.ZERO;
        }
        if (underWay > 0) {
            return WHEN_WOKEN;
        }
        return Duration.ofNanos(Math.max(0, failedSince + apart.toNanos() - now));
    }

    private double failures(long now) {
        return Math.max(
                0, failures - (double) (now - countedAt) / pace.forgiven().toNanos());
    }

    /** Gives up the try's place in the line. */
    void leave(FailedLogins.Attempt attempt) {
        if (line.remove(attempt)) {
            wakeFirst();
        }
    }

    /** Ends a try that was under way, and is no failure. */
    void end() {
        underWay--;
        wakeFirst();
    }

    /** Ends a try that began at this time, and has failed. */
    void fail(long since, long now) {
        failedSince = since;
        count(now);
        end();
    }

    /** Notes a failure of a try that has not waited here. */
    void count(long now) {
        failures = Math.min(pace.most(), failures(now) + 1);
        countedAt = now;
    }

    private void wakeFirst() {
        if (!line.isEmpty()) {
            line.getFirst().wake();
        }
    }

    /** Whether any try is under way or waits. */
    boolean isInUse() {
        return underWay > 0 || !line.isEmpty();
    }
}

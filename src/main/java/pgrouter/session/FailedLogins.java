package pgrouter.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses passwords. Whoever has failed often must wait for its turn before it may try again, with the right password
 * too: an answer that comes at once would be as good as one that is delayed. An application with an old password slows down its own
 * user at its own address only, unless it fails so often that it is taken for one who tries many users. Any thread; {@code lock}
 * guards the maps.
 */
public final class FailedLogins {
    /** Longer than this nobody waits: there would be too many of them. Below the least useful time for a login. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final int CAPACITY = 10_000;

    /**
     * @param free so many failures have no consequence
     * @param most more are not remembered
     * @param forgiven one failure in this time
     * @param apart the turns of those who must wait
     */
    private record Pace(int free, int most, Duration forgiven, Duration apart) {}

    /** Many tries at the same time are all free, and are remembered for the longer. */
    private static final Pace OF_ONE_USER = new Pace(10, 600, Duration.ofSeconds(1), Duration.ofMillis(500));

    private static final Pace OF_ALL_USERS = new Pace(100, 1000, Duration.ofMillis(100), Duration.ofMillis(100));

    /**
     * @param failures that were not forgiven at that time
     * @param at in nanoseconds
     * @param turn the next that is free
     */
    private record History(double failures, long at, long turn) {
        double failures(long now, Pace pace) {
            return Math.max(0, failures - (double) (now - at) / pace.forgiven().toNanos());
        }
    }

    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, History> users = new LinkedHashMap<>(16, 0.75f, true);
    private final SequencedMap<String, History> addresses = new LinkedHashMap<>(16, 0.75f, true);

    /** @param clock in nanoseconds */
    public FailedLogins(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Takes the next turn.
     *
     * @return how long it is until then; empty where it is too long
     */
    Optional<Duration> turn(String address, String user) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            long wait = Math.max(
                    wait(users, key(address, user), OF_ONE_USER, now), wait(addresses, address, OF_ALL_USERS, now));
            return Optional.of(Duration.ofNanos(wait)).filter(time -> time.compareTo(LONGEST_WAIT) <= 0);
        } finally {
            lock.unlock();
        }
    }

    private static long wait(SequencedMap<String, History> histories, String key, Pace pace, long now) {
        History history = histories.get(key);
        if (history == null || history.failures(now, pace) < pace.free()) {
            return 0;
        }
        long wait = Math.max(0, history.turn() - now);
        if (wait <= LONGEST_WAIT.toNanos()) {
            long next = now + wait + pace.apart().toNanos();
            histories.put(key, new History(history.failures(), history.at(), next));
        }
        return wait;
    }

    void failed(String address, String user) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            count(users, key(address, user), OF_ONE_USER, now);
            count(addresses, address, OF_ALL_USERS, now);
        } finally {
            lock.unlock();
        }
    }

    private static void count(SequencedMap<String, History> histories, String key, Pace pace, long now) {
        History history = histories.getOrDefault(key, new History(0, now, now));
        double failures = Math.min(pace.most(), history.failures(now, pace) + 1);
        histories.put(key, new History(failures, now, history.turn()));
        if (histories.size() > CAPACITY) {
            histories.pollFirstEntry();
        }
    }

    /** Who knows the password now has not guessed before. */
    void succeeded(String address, String user) {
        lock.lock();
        try {
            users.remove(key(address, user));
        } finally {
            lock.unlock();
        }
    }

    private static String key(String address, String user) {
        return address + " " + user;
    }
}

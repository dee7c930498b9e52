package pgrouter.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Slows down clients that guess passwords. A client takes a turn when its password has come, and before the password is
 * verified: a client that sends none takes no turn. A right password waits like a wrong one, since an answer that comes
 * at once would tell as much as one that is delayed.
 *
 * <p>This holds for each user at each address (of version 6: each /64 network), however many passwords come at the same
 * time:
 *
 * <ul>
 *   <li>The first ten failures delay no client. Each further password is verified half a second after the beginning of
 *       the last failure, until failures are forgiven, one a second. So a client can send ten wrong passwords at once,
 *       and two a second from then on.
 *   <li>From an address where the user has logged in within a day, the distance is {@link #APART_KNOWN}. A neighbour at
 *       a shared address can guess as fast, and delays the user that much less.
 *   <li>All users of an address together have a hundred failures, and then a distance of a tenth of a second. A user
 *       that has logged in from there within a day does not wait for this, and its failures count.
 *   <li>Passwords are verified in the order in which they have come. A right one waits for the wrong ones before it,
 *       and does not delay those after it. It is refused only where its turn does not come within the time for the
 *       login. A client that leaves gives up its turn.
 * </ul>
 *
 * <p>Guesses from many addresses, and those over Unix-domain sockets, are not limited. The {@value #CAPACITY} users and
 * addresses that were last in use are remembered. Any thread; {@code lock} guards the maps and all that is in them.
 */
public final class FailedLogins {
    /** The distance of tries at a user from an address where it has logged in before. */
    static final Duration APART_KNOWN = Duration.ofMillis(50);

    private static final int CAPACITY = 10_000;

    private static final Tries.Pace OF_ONE_USER = new Tries.Pace(10, 600, Duration.ofSeconds(1));
    private static final Duration APART_OF_ONE_USER = Duration.ofMillis(500);

    private static final Tries.Pace OF_ALL_USERS = new Tries.Pace(100, 1000, Duration.ofMillis(100));
    private static final Duration APART_OF_ALL_USERS = Duration.ofMillis(100);

    private static final long KNOWN = Duration.ofDays(1).toNanos();

    /** A user, and the address of its connection. */
    private record Origin(String address, String user) {}

    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<Origin, Tries> users = new LinkedHashMap<>(16, 0.75f, true);
    private final SequencedMap<String, Tries> addresses = new LinkedHashMap<>(16, 0.75f, true);

    /** The last login of each, in this order: failures displace none of them. */
    private final SequencedMap<Origin, Long> successes = new LinkedHashMap<>();

    /** @param clock in nanoseconds */
    public FailedLogins(LongSupplier clock) {
        this.clock = clock;
    }

    /** Begins a client's login. It takes no turn yet. */
    Attempt attempt(String address, String user) {
        return new Attempt(new Origin(address, user));
    }

    /** One client's try at a password. Only one thread uses it, which is woken to call {@link #ask} again. */
    final class Attempt implements AutoCloseable {
        private final Origin origin;
        private final Thread thread = Thread.currentThread();
        private Optional<Tries> ofUser = Optional.empty();
        private Optional<Tries> ofAddress = Optional.empty();

        /** Whether the try is under way there. */
        private boolean begunForUser;

        private boolean begunForAddress;

        /** Whether its password is being verified, and since when. */
        private boolean begun;

        private long since;
        private boolean succeeded;

        private Attempt(Origin origin) {
            this.origin = origin;
        }

        /**
         * Asks whether a received password may be verified.
         *
         * @return zero where it may; else when to ask again, unless the thread is woken before
         */
        Duration ask() {
            lock.lock();
            try {
                return ask(clock.getAsLong());
            } finally {
                lock.unlock();
            }
        }

        private Duration ask(long now) {
            boolean known = isKnown(origin, now);
            if (!begunForUser) {
                ofUser = Optional.of(ofUser.orElseGet(() -> tries(users, origin, OF_ONE_USER, now)));
                Duration wait = ofUser.get().begin(this, known ? APART_KNOWN : APART_OF_ONE_USER, now);
                if (!wait.isZero()) {
                    return wait;
                }
                begunForUser = true;
            }
            if (!known && !begunForAddress) {
                ofAddress =
                        Optional.of(ofAddress.orElseGet(() -> tries(addresses, origin.address(), OF_ALL_USERS, now)));
                Duration wait = ofAddress.get().begin(this, APART_OF_ALL_USERS, now);
                if (!wait.isZero()) {
                    return wait;
                }
                begunForAddress = true;
            }
            begun = true;
            since = now;
            return Duration.ZERO;
        }

        /** Notes that the password is right. */
        void succeeded() {
            succeeded = true;
        }

        /** Wakes the thread, so that it asks again. */
        void wake() {
            LockSupport.unpark(thread);
        }

        /** Ends the try: a failure where the password was verified and is not known to be right. */
        @Override
        public void close() {
            lock.lock();
            try {
                close(clock.getAsLong());
            } finally {
                lock.unlock();
            }
        }

        private void close(long now) {
            boolean failed = begun && !succeeded;
            if (succeeded) {
                remember(origin, now);
            }
            if (failed && !begunForAddress) {
                tries(addresses, origin.address(), OF_ALL_USERS, now).count(now);
            }
            ofUser.ifPresent(tries -> end(tries, begunForUser, failed, now));
            ofAddress.ifPresent(tries -> end(tries, begunForAddress, failed, now));
            ofUser = Optional.empty();
            ofAddress = Optional.empty();
        }

        private void end(Tries tries, boolean wasUnderWay, boolean failed, long now) {
            if (!wasUnderWay) {
                tries.leave(this);
            } else if (failed) {
                tries.fail(since, now);
            } else {
                tries.end();
            }
        }
    }

    private boolean isKnown(Origin origin, long now) {
        Long last = successes.get(origin);
        return last != null && now - last < KNOWN;
    }

    private static <K> Tries tries(SequencedMap<K, Tries> all, K key, Tries.Pace pace, long now) {
        Tries present = all.get(key);
        if (present != null) {
            return present;
        }
        Tries tries = new Tries(pace, now);
        if (all.size() >= CAPACITY) {
            forgetOne(all);
        }
        all.put(key, tries);
        return tries;
    }

    /** Forgets the least recently used one; those that are in use are as few as there are connections. */
    private static <K> void forgetOne(Map<K, Tries> all) {
        Iterator<Tries> oldest = all.values().iterator();
        while (oldest.hasNext()) {
            if (!oldest.next().isInUse()) {
                oldest.remove();
                return;
            }
        }
    }

    private void remember(Origin origin, long now) {
        successes.putLast(origin, now);
        if (successes.size() > CAPACITY) {
            successes.pollFirstEntry();
        }
    }
}

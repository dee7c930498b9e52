package pgrouter.http;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import pgrouter.net.Origin;

/**
 * Limits the passwords that may be tried from one address (of version 6: from one /64 network). A try is taken before
 * the password is checked, so that simultaneous ones are counted too. It is given back where the password was right.
 * Any thread. The map is guarded by {@code lock}.
 */
final class Tries {
    /** The number of wrong passwords without a consequence. */
    static final int FREE = 10;

    /** The time in which one try comes back, in nanoseconds. */
    static final long BACK = 2_000_000_000L;

    private static final int CAPACITY = 10_000;

    private record Left(double tries, long at) {
        Left now(long now) {
            return new Left(Math.min(FREE, tries + (double) (now - at) / BACK), now);
        }
    }

    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, Left> addresses = new LinkedHashMap<>(16, 0.75f, true);

    /** @param clock in nanoseconds */
    Tries(LongSupplier clock) {
        this.clock = clock;
    }

    /** @return false where no try is left */
    boolean take(InetAddress address) {
        return change(address, -1);
    }

    /** Gives a try back: the password was right. */
    void giveBack(InetAddress address) {
        change(address, 1);
    }

    private boolean change(InetAddress address, int by) {
        String key = Origin.of(address);
        lock.lock();
        try {
            long now = clock.getAsLong();
            Left left = addresses.getOrDefault(key, new Left(FREE, now)).now(now);
            boolean enough = left.tries() + by >= 0;
            addresses.put(key, enough ? new Left(left.tries() + by, now) : left);
            if (addresses.size() > CAPACITY) {
                addresses.pollFirstEntry();
            }
            return enough;
        } finally {
            lock.unlock();
        }
    }
}

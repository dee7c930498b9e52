package pgrouter.pool;

import java.util.HashMap;
import java.util.Map;
import pgrouter.config.Address;

/**
 * The time since which a login at a backend is valid. A login that was begun before roles, databases or their
 * settings were changed may let in a role that may no longer log in, and hides new settings. Times are of
 * {@link System#nanoTime()}. Guarded by the lock of {@link ServerPool}.
 */
final class ValidLogins {
    private long everywhere = System.nanoTime();
    private final Map<Address, Long> since = new HashMap<>();

    /** Logins that were begun before this time are valid nowhere. */
    void begin(long time) {
        everywhere = later(everywhere, time);
    }

    /** Notes that logins at this backend that were begun before this time are no longer valid. */
    void beginAt(Address backend, long time) {
        since.merge(backend, time, ValidLogins::later);
    }

    /** @param begunAt when a login at the backend was begun */
    boolean holds(Address backend, long begunAt) {
        return begunAt - later(everywhere, since.getOrDefault(backend, everywhere)) >= 0;
    }

    private static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }
}

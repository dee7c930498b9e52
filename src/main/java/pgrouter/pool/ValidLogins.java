package pgrouter.pool;

import java.util.HashMap;
import java.util.Map;
import pgrouter.config.Address;

/**
 * Since when a login at a backend holds. A login that was begun before roles, databases or their settings were changed may let in a
 * role that may no longer log in, and hides settings that are new. Times are of {@link System#nanoTime()}. Guarded by the lock of
 * {@link ServerPool}.
 */
final class ValidLogins {
    private long everywhere = System.nanoTime();
    private final Map<Address, Long> since = new HashMap<>();

    /** Logins that were begun before this time hold nowhere. */
    void begin(long time) {
        everywhere = later(everywhere, time);
    }

    /** Logins at this backend that were begun before this time hold no more. */
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

package pgrouter.config;

import java.time.Duration;

/**
 * The {@code pool} block: which server connections are kept for the next session of the same login. Immutable; any thread.
 *
 * @param size the most of one backend; 0 keeps none
 * @param idle the longest time that one is kept
 * @param age the longest time after its login at the backend that one is kept, or given to a session
 */
public record Pool(int size, Duration idle, Duration age) {
    public static final Pool DEFAULT = PoolKeys.of(new Given());
}

package pgrouter.config;

import java.time.Duration;

/**
 * The {@code pool} block: which connections to backends are kept for the next session of the same login.
 *
 * @param size the most of one backend; 0 keeps none
 * @param idle how long one is kept
 * @param age how long after its login at the backend one may still be kept, or given to a session
 */
public record Pool(int size, Duration idle, Duration age) {
    public static final Pool USUAL = new Pool(10, Duration.ofMinutes(1), Duration.ofMinutes(1));
}

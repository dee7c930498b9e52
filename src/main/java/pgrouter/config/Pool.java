package pgrouter.config;

import java.time.Duration;

/**
 * The {@code pool} block: which connections to backends are kept for the next session of the same login.
 *
 * @param size the most of one backend; 0 keeps none
 * @param idle how long one is kept
 */
public record Pool(int size, Duration idle) {
    public static final Pool USUAL = new Pool(10, Duration.ofMinutes(1));
}

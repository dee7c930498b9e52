package pgrouter.config;

import java.time.Duration;

/**
 * The {@code health} block: how long one probe may take, the time between rounds, and the login of the probes. Both times are
 * longer than zero and fit an {@code int} of milliseconds. The password may be empty and is never printed.
 */
public record Health(Duration timeout, Duration check, String database, String username, String password) {
    @Override
    public String toString() {
        return "Health[timeout=%s, check=%s, database=%s, username=%s, password=(hidden)]"
                .formatted(timeout, check, database, username);
    }
}

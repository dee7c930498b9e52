package pgrouter.metrics;

import java.time.Instant;
import java.util.Optional;

/**
 * The facts about a client that are shown.
 *
 * @param number as in the log
 * @param user empty until it has logged in, as are database and application
 * @param application the application_name of the startup
 * @param address empty where it connected by a Unix-domain socket
 * @param state login, idle, active, idle in transaction or streaming
 */
public record ClientFacts(
        long number,
        Optional<String> user,
        Optional<String> database,
        Optional<String> application,
        Optional<String> address,
        String state,
        Instant since,
        boolean encrypted) {}

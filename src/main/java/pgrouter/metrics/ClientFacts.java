package pgrouter.metrics;

import java.time.Instant;
import java.util.Optional;

/**
 * What can be told of a client.
 *
 * @param number as in the log
 * @param user empty until it has logged in, as are database and application
 * @param application as it was named at the start
 * @param address empty where it came by a Unix-domain socket
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

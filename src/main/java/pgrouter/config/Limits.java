package pgrouter.config;

import java.time.Duration;

/**
 * The limits of clients and times. Immutable; any thread.
 *
 * @param clients the most connections
 * @param login from accept until the client is logged in
 * @param idle the longest time without a request outside a transaction; zero for no limit
 * @param failover the longest time that a request waits for a primary
 * @param shutdown the longest time that requests and transactions go on after a shutdown was requested
 */
public record Limits(ClientLimits clients, Duration login, Duration idle, Duration failover, Duration shutdown) {
    public static final Limits DEFAULT = LimitKeys.of(new Given());
}

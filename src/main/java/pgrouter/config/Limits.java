package pgrouter.config;

import java.time.Duration;

/**
 * How long things may take, and how many there may be.
 *
 * @param clients how many there may be
 * @param login from accept until the client is logged in
 * @param idle a client without a request and outside a transaction; zero where it may be idle for ever
 * @param failover how long a request waits for a primary
 * @param shutdown how long requests and transactions may go on when pgrouter is told to end
 */
public record Limits(ClientLimits clients, Duration login, Duration idle, Duration failover, Duration shutdown) {
    public static final Limits USUAL = new Limits(
            ClientLimits.USUAL, Duration.ofSeconds(60), Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(30));
}

package pgrouter.config;

import java.time.Duration;
import java.util.Optional;

/**
 * One PostgreSQL node. Immutable; any thread.
 *
 * @param lag the most bytes of WAL that a standby with reads may lag behind
 * @param lagTime the longest time that it may lack something that the primary has written; empty if only the bytes
 * count
 * @param weight its share of the sessions, 0 (none) to 1000000
 * @param timeout the longest time for a probe or a login
 * @param auth how it may ask for a password
 */
public record Backend(
        Address address,
        BackendTls tls,
        long lag,
        Optional<Duration> lagTime,
        int weight,
        Duration timeout,
        BackendAuth auth) {
    /** Creates a node with the default for passwords. */
    public Backend(
            Address address, BackendTls tls, long lag, Optional<Duration> lagTime, int weight, Duration timeout) {
        this(address, tls, lag, lagTime, weight, timeout, BackendAuth.DEFAULT);
    }

    /** Creates a node whose lag is limited in bytes only. */
    public Backend(Address address, BackendTls tls, long lag, int weight, Duration timeout) {
        this(address, tls, lag, Optional.empty(), weight, timeout);
    }

    /** Returns the limit as it is configured. */
    public Lag limit() {
        return new Lag(lag == Long.MAX_VALUE ? Optional.empty() : Optional.of(lag), lagTime);
    }
}

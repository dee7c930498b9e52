package pgrouter.config;

import java.time.Duration;
import java.util.Optional;

/**
 * One PostgreSQL node.
 *
 * @param lag how many bytes of WAL a standby may be behind and still get reads
 * @param lagTime for how long it may lack something that the primary has written; empty where only the bytes count
 * @param weight its share of the sessions, 0 (none) to 1000000
 * @param timeout how long a probe of it, or a login, may take
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
    /** One that may ask as is usual. */
    public Backend(
            Address address, BackendTls tls, long lag, Optional<Duration> lagTime, int weight, Duration timeout) {
        this(address, tls, lag, lagTime, weight, timeout, BackendAuth.DEFAULT);
    }

    /** One whose lag is limited in bytes only. */
    public Backend(Address address, BackendTls tls, long lag, int weight, Duration timeout) {
        this(address, tls, lag, Optional.empty(), weight, timeout);
    }
}

package pgrouter.config;

import java.time.Duration;

/**
 * One PostgreSQL node. {@code lag} is how many bytes of WAL a standby may be behind and still get reads; {@code weight} its
 * share of the sessions, 0 (none) to 1000000; {@code timeout} how long a probe of it may take.
 */
public record Backend(Address address, BackendTls tls, long lag, int weight, Duration timeout) {}

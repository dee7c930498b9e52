package pgrouter.config;

import java.time.Duration;

/** The keys of one {@code backend} block, on top of those of the {@code backend default} blocks before it. */
record BackendKeys(Setting<BackendTls> tls, Setting<Long> lag, Setting<Integer> weight, Setting<Duration> timeout) {
    /** One WAL segment. */
    private static final long DEFAULT_LAG = 16L << 20;

    private static final int DEFAULT_WEIGHT = 100;

    BackendKeys() {
        this(new Setting<>(), new Setting<>(), new Setting<>(), new Setting<>());
    }

    BackendKeys copy() {
        return new BackendKeys(tls.copy(), lag.copy(), weight.copy(), timeout.copy());
    }

    void read(Directive directive, Problems problems) {
        new Section(problems)
                .value("tls", Values.BACKEND_TLS, tls::set)
                .value("lag", Values.SIZE, lag::set)
                .value("weight", Values.WEIGHT, weight::set)
                .value("timeout", Values.TIME, timeout::set)
                .read(directive.inner());
    }

    Backend at(Address address, Duration healthTimeout) {
        return new Backend(
                address,
                tls.or(BackendTls.OFF),
                lag.or(DEFAULT_LAG),
                weight.or(DEFAULT_WEIGHT),
                timeout.or(healthTimeout));
    }
}

package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;

/** The keys of one {@code backend} block, on top of those of the {@code backend default} blocks before it. */
record BackendKeys(
        BackendTlsKeys tls,
        Setting<Long> lag,
        Setting<Duration> lagTime,
        Setting<Integer> weight,
        Setting<Duration> timeout,
        Setting<BackendAuth> auth) {
    /** One WAL segment. */
    private static final long DEFAULT_LAG = 16L << 20;

    private static final int DEFAULT_WEIGHT = 100;

    BackendKeys() {
        this(new BackendTlsKeys(), new Setting<>(), new Setting<>(), new Setting<>(), new Setting<>(), new Setting<>());
    }

    BackendKeys copy() {
        return new BackendKeys(tls.copy(), lag.copy(), lagTime.copy(), weight.copy(), timeout.copy(), auth.copy());
    }

    /** @param file how the keys read the name of a file */
    void read(Directive directive, Value<Path> file, Problems problems) {
        Section section = new Section(problems);
        tls.in(section, file);
        section.block("lag", limits -> section.several(limits, 2, Values.LAG, this::limit))
                .value("weight", Values.WEIGHT, weight::set)
                .value("timeout", Values.TIME, timeout::set)
                .value("auth", Values.BACKEND_AUTH, auth::set)
                .read(directive.inner());
    }

    private void limit(Lag limit) {
        switch (limit) {
            case Lag.Bytes(long bytes) -> lag.set(bytes);
            case Lag.Time(Duration time) -> lagTime.set(time);
        }
    }

    /** Where only a time is given, no number of bytes is too many. */
    Backend at(Address address, Duration healthTimeout) {
        return new Backend(
                address,
                tls.value(),
                lag.or(lagTime.given().isPresent() ? Long.MAX_VALUE : DEFAULT_LAG),
                lagTime.given(),
                weight.or(DEFAULT_WEIGHT),
                timeout.or(healthTimeout),
                auth.or(BackendAuth.DEFAULT));
    }
}

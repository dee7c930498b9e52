package pgrouter.config;

import java.time.Duration;

/** The limits outside of all blocks. */
final class LimitKeys {
    static final Key<Config.Live, Duration> LOGIN = Key.of(
            "login", Amounts.TIME, Duration.ofSeconds(60), live -> live.limits().login());
    static final Key<Config.Live, Duration> IDLE = Key.of(
            "idle", Amounts.TIME_OR_OFF, Duration.ZERO, live -> live.limits().idle());
    static final Key<Config.Live, Duration> FAILOVER = Key.of(
            "failover",
            Amounts.TIME_OR_ZERO,
            Duration.ofSeconds(30),
            live -> live.limits().failover());
    static final Key<Config.Live, Duration> SHUTDOWN = Key.of(
            "shutdown",
            Amounts.TIME_OR_ZERO,
            Duration.ofSeconds(30),
            live -> live.limits().shutdown());

    private LimitKeys() {}

    static Limits of(Given given) {
        return new Limits(
                ClientKeys.of(given), given.get(LOGIN), given.get(IDLE), given.get(FAILOVER), given.get(SHUTDOWN));
    }
}

package pgrouter.config;

import java.time.Duration;

/** The top-level keys that are limits. */
final class LimitKeys {
    private final ClientKeys clients;
    private final Setting<Duration> login = new Setting<>();
    private final Setting<Duration> idle = new Setting<>();
    private final Setting<Duration> failover = new Setting<>();
    private final Setting<Duration> shutdown = new Setting<>();

    LimitKeys(Problems problems) {
        clients = new ClientKeys(problems);
    }

    void in(Section section) {
        section.block("clients", clients::read)
                .value("login", Values.TIME, login::set)
                .value("idle", Values.TIME_OR_OFF, idle::set)
                .value("failover", Values.WAIT, failover::set)
                .value("shutdown", Values.WAIT, shutdown::set);
    }

    Limits value() {
        Limits usual = Limits.USUAL;
        return new Limits(
                clients.value(),
                login.or(usual.login()),
                idle.or(usual.idle()),
                failover.or(usual.failover()),
                shutdown.or(usual.shutdown()));
    }
}

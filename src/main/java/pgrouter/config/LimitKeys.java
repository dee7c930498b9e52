package pgrouter.config;

import java.time.Duration;

/** The top-level keys that are limits. */
final class LimitKeys {
    private final Setting<Integer> clients = new Setting<>();
    private final Setting<Duration> login = new Setting<>();
    private final Setting<Duration> idle = new Setting<>();
    private final Setting<Duration> failover = new Setting<>();
    private final Setting<Duration> shutdown = new Setting<>();

    void in(Section section) {
        section.value("clients", Values.CLIENTS, clients::set)
                .value("login", Values.TIME, login::set)
                .value("idle", Values.TIME_OR_OFF, idle::set)
                .value("failover", Values.WAIT, failover::set)
                .value("shutdown", Values.WAIT, shutdown::set);
    }

    Limits value() {
        Limits usual = Limits.USUAL;
        return new Limits(
                clients.or(usual.clients()),
                login.or(usual.login()),
                idle.or(usual.idle()),
                failover.or(usual.failover()),
                shutdown.or(usual.shutdown()));
    }
}

package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.exchange.SessionEnd;
import pgrouter.pool.Lease;
import pgrouter.request.Statements;

/** A server connection that a session holds, and the relay of its requests. Client thread only. */
final class HeldServer {
    private final Services services;
    private final Statements statements;
    private final SessionEnd sessionEnd;
    private final Lease lease;
    private final Relay relay;

    /** Created once, since each request asks for it. */
    private final Optional<Relay> present;

    HeldServer(Services services, Statements statements, SessionEnd sessionEnd, Lease lease, Relay relay) {
        this.services = services;
        this.statements = statements;
        this.sessionEnd = sessionEnd;
        this.lease = lease;
        this.relay = relay;
        this.present = Optional.of(relay);
    }

    Relay relay() {
        return relay;
    }

    /** Returns the relay, for a caller that can do without one. */
    Optional<Relay> present() {
        return present;
    }

    Address address() {
        return Servers.address(relay);
    }

    /** {@link System#nanoTime()} after the login. */
    long openedAt() {
        return lease.connection().openedAt();
    }

    /** Starts to read from the server. */
    void begin() {
        services.openServers().add(relay);
        relay.start();
    }

    /**
     * Whether the connection has ended.
     *
     * @throws SessionException where the session ends with it
     */
    boolean isOver() throws SessionException, InterruptedException {
        boolean over = relay.isOver();
        if (over) {
            sessionEnd.check();
        }
        return over;
    }

    /** Ends the server's session. A server that is still at work is cancelled. */
    void end() {
        services.openServers().remove(relay);
        statements.forget(relay.statements());
        if (relay.isLeftAtWork()) {
            abandon();
        } else {
            relay.leave();
            lease.close();
        }
    }

    /** The server hears of it later where the client has left: no thread waits for that. */
    private void abandon() {
        relay.leave();
        lease.login().carrier().start(lease.login().threadName() + "-cancel", () -> {
            try {
                Desertion.abandon(services.connector(), relay);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /**
     * Releases the connection for the next session of the same login, if the effects of this session on it can be
     * undone.
     *
     * @param role of the node, as the session knows it
     * @return false where the session still has it
     */
    boolean release(Role role) throws InterruptedException {
        if (!lease.isReleasable() || !relay.retire(lease.login().key())) {
            return false;
        }
        services.openServers().remove(relay);
        lease.release(role);
        return true;
    }
}

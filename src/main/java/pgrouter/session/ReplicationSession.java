package pgrouter.session;

import java.io.IOException;
import pgrouter.backend.ServerConnection;
import pgrouter.client.Greeting;
import pgrouter.client.SessionException;
import pgrouter.pool.Lease;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.ServerLogin;

/**
 * The session of a replication client, which has one connection to the primary to itself. Client thread only.
 *
 * @param login opens the connection
 */
record ReplicationSession(SessionParts parts, Greeting greeting, ServerLogin login) implements SessionKind {
    @Override
    public boolean run() throws IOException, SessionException, InterruptedException {
        try (Lease lease = primary()) {
            relay(lease.connection());
        }
        return false;
    }

    private Lease primary() throws SessionException, InterruptedException {
        Services services = parts.services();
        try {
            return services.opener(login).openPrimary(services.waitAtLogin()).orElseThrow();
        } catch (NoPrimaryException e) {
            throw e.atLogin();
        }
    }

    private void relay(ServerConnection primary) throws IOException, InterruptedException {
        Services services = parts.services();
        parts.phase().stream();
        ReplicationRelay relay = new ReplicationRelay(
                primary, parts.connection().inbox(), parts.connection().end());
        int processId = primary.key().processId();
        Runnable remove = services.cancels().add(processId, greeting.secret(), relay);
        try {
            greeting.send(primary.parameters(), processId);
            relay.run(login.threadName());
        } finally {
            remove.run();
            if (relay.isDeserted()) {
                Desertion.cancel(services.connector(), primary);
            }
        }
    }
}

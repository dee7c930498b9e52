package pgrouter.session;

import java.time.Duration;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.ServerConnection;
import pgrouter.client.ClientEnd;
import pgrouter.exchange.Relay;
import pgrouter.log.Log;

/**
 * Ends the work of the servers for a client that has left. A standby is cancelled at once. The primary gets a grace
 * period: a client may send a write and leave without waiting for the answer, and PostgreSQL runs that write. Runs on
 * a virtual thread of its own.
 */
final class Desertion implements Runnable {
    private static final Log LOG = Log.of("session");

    private final Connector connector;
    private final Servers servers;
    private final ClientEnd client;
    private final Duration grace;

    /** @param grace the time for which the primary may run what was sent before the client left */
    Desertion(Connector connector, Servers servers, ClientEnd client, Duration grace) {
        this.connector = connector;
        this.servers = servers;
        this.client = client;
        this.grace = grace;
    }

    @Override
    public void run() {
        long deadline = System.nanoTime() + grace.toNanos();
        try {
            Relay relay = servers.atWork();
            if (relay != null && !relay.isWriter()) {
                abandon(connector, relay);
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            client.close();
            relay = servers.atWork();
            if (relay != null) {
                abandon(connector, relay);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Closes the server connection and cancels the work of its server. Does nothing where the connection belongs to
     * another session by now.
     */
    static void abandon(Connector connector, Relay relay) throws InterruptedException {
        if (relay.abandon()) {
            cancel(connector, relay.connection());
        }
    }

    /**
     * Cancels the work of a server for the session that has this connection, unless the connection was left to
     * another session. Waits until that is done.
     */
    static void cancel(Connector connector, ServerConnection connection) throws InterruptedException {
        try {
            if (connection.cancels()) {
                connector.cancel(connection.backend(), connection.key());
            }
        } catch (LoginException e) {
            LOG.info("a cancel request did not get through: " + e.getMessage());
        }
    }
}

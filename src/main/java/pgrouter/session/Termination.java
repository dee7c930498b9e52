package pgrouter.session;

import java.time.Duration;
import java.util.Optional;
import pgrouter.backend.Connector;
import pgrouter.backend.ServerConnection;
import pgrouter.client.ClientConnection;
import pgrouter.client.ClientStartup;
import pgrouter.client.SessionException;
import pgrouter.config.Limits;
import pgrouter.protocol.SqlState;

/**
 * Ends a session from another thread than the client's: where pgrouter ends, where the client has said nothing for too
 * long, or on demand. The client is told the reason, and closing its connection ends the client thread. {@link
 * SessionPhase} decides whether the session may be ended. Any thread.
 */
final class Termination implements ClientStartup.End {
    /** How long a client whose session is ended may take to read the reason. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final ClientConnection connection;
    private final SessionPhase phase;
    private final Connector connector;
    private volatile boolean startedUp;

    /** The target of a cancel request. */
    private volatile Optional<CancelRegistry.Target> target = Optional.empty();

    /** @param connector sends the cancel request to a server that is at work for a killed session */
    Termination(ClientConnection connection, SessionPhase phase, Connector connector) {
        this.connection = connection;
        this.phase = phase;
        this.connector = connector;
    }

    /** The error for a client whose session ends because pgrouter ends. */
    static SessionException ending() {
        return SessionException.fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }

    /** Notes that the client has sent its startup message. */
    void startedUp() {
        startedUp = true;
    }

    /** Notes the servers that work for the client. */
    void cancels(CancelRegistry.Target servers) {
        target = Optional.of(servers);
    }

    /** Ends the session where nothing of it is under way. May have to wait for the client. */
    void endIfResting() {
        if (phase.take()) {
            end(ending());
        }
    }

    /** Ends the session where its client has said nothing for too long. */
    void endIfSilent(long now, Limits limits) {
        if (phase.takeLoginSince(now - limits.login().toNanos())) {
            endApart(SessionException.fatal(SqlState.QUERY_CANCELED, "canceling authentication due to timeout"));
        } else if (!limits.idle().isZero()
                && phase.takeRestingSince(now - limits.idle().toNanos())) {
            endApart(SessionException.fatal(
                    SqlState.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout"));
        }
    }

    @Override
    public boolean takeLogin() {
        return phase.takeLogin();
    }

    @Override
    public void startFarewell(SessionException reason) {
        start("end", () -> end(reason));
    }

    /**
     * Ends the session, whatever is under way: a server at work is cancelled, and not waited for. A client that does
     * not read is not told. Returns at once.
     */
    void kill() {
        Optional<ServerConnection> atWork = target.flatMap(CancelRegistry.Target::connectionAtWork);
        Thread farewell = endApart(ending());
        start("kill", () -> {
            try {
                farewell.join(FAREWELL);
                connection.end().close();
                stop(atWork);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** The thread that looks for idle clients must not wait for one of them. */
    private Thread endApart(SessionException farewell) {
        return start("end", () -> {
            connection.visitor().tell(farewell);
            end(farewell);
        });
    }

    private Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(connection.threadName() + "-" + name).start(task);
    }

    /** A client that has not even begun is told nothing, as in PostgreSQL ({@code StartupPacketTimeoutHandler}). */
    private void end(SessionException farewell) {
        if (startedUp) {
            connection.end().write(farewell.message());
        }
        connection.end().close();
    }

    /**
     * Cancels a server without keeping the session until it stops. A connection that belongs to another session by
     * now is left alone.
     */
    private void stop(Optional<ServerConnection> server) throws InterruptedException {
        if (server.filter(ServerConnection::cancels).isPresent()) {
            Desertion.cancel(connector, server.get());
            server.get().close();
        }
    }
}

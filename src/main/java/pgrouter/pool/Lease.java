package pgrouter.pool;

import pgrouter.backend.ServerConnection;
import pgrouter.cluster.Role;

/**
 * The use of a server connection by one session, until it is released for the next session of the same login, or
 * closed. Client thread only.
 */
public final class Lease implements AutoCloseable {
    private final ServerPool pool;
    private final ServerLogin login;
    private final ServerConnection connection;

    Lease(ServerPool pool, ServerLogin login, ServerConnection connection) {
        this.pool = pool;
        this.login = login;
        this.connection = connection;
    }

    public ServerConnection connection() {
        return connection;
    }

    public ServerLogin login() {
        return login;
    }

    /** Whether the pool would keep the connection, provided that its process is as new. */
    public boolean isReleasable() {
        return pool.accepts(connection);
    }

    /**
     * Returns the connection to the pool. Its process is as new, and no thread reads from it.
     *
     * @param role of its node, as the session knew it
     */
    public void release(Role role) {
        pool.keep(connection, login.key(), role);
    }

    /** Ends the server's session. */
    @Override
    public void close() {
        connection.terminate();
    }
}

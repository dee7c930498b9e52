package pgrouter.exchange;

import java.util.concurrent.atomic.AtomicBoolean;
import pgrouter.backend.ServerConnection;
import pgrouter.config.Address;

/**
 * The tie of one server connection to its session: whether it still is the session's, or was left, cut, or ended by
 * the server. Any thread.
 */
final class ServerLink {
    private final ServerConnection connection;
    private final boolean isWriter;
    private final AtomicBoolean abandoned = new AtomicBoolean();
    private volatile boolean left;
    private volatile boolean cut;
    private volatile boolean ended;
    private volatile boolean deserted;

    ServerLink(ServerConnection connection, boolean isWriter) {
        this.connection = connection;
        this.isWriter = isWriter;
    }

    ServerConnection connection() {
        return connection;
    }

    boolean isWriter() {
        return isWriter;
    }

    Address address() {
        return connection.backend().address();
    }

    /** From now on the client gets nothing of the server. */
    void leave() {
        left = true;
    }

    boolean isLeft() {
        return left;
    }

    /** Closes the connection at once: it is lost. */
    void cut() {
        cut = true;
        connection.close();
    }

    boolean isCut() {
        return cut;
    }

    /**
     * Cuts a connection whose server may be at work for a client that no thread answers any more.
     *
     * @return whether to cancel the work of the server: once, and not where the connection belongs to another session
     * by now
     */
    boolean abandon() {
        boolean first = connection.cancels() && !abandoned.getAndSet(true);
        if (first) {
            cut();
        }
        return first;
    }

    /** @param withClient whether that is because the client has left */
    void ended(boolean withClient) {
        deserted = withClient;
        ended = true;
    }

    /** Whether it has ended because the client has left. */
    boolean isDeserted() {
        return deserted;
    }

    /** Whether nothing can be sent any more. */
    boolean hasEnded() {
        return cut || ended;
    }
}

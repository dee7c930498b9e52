package pgrouter.session;

import java.io.IOException;
import java.util.function.Consumer;
import pgrouter.client.ClientConnection;
import pgrouter.client.SessionException;

/**
 * The threads of one client, one after the other. A client that says nothing for a while has no thread. When it does
 * say something, the next thread goes on where the last one has stopped.
 */
final class ClientThread {
    /** Runs on a client thread, until the session ends or does not need the thread any more. */
    interface Work {
        /** @return whether the session goes on without this thread, which must not touch it any more */
        boolean run() throws IOException, SessionException, InterruptedException;
    }

    private final ClientConnection connection;
    private final Consumer<Work> session;

    /** Whether there is a client thread. */
    private volatile boolean awake = true;

    /** @param session runs the work on the client thread, and ends with it */
    ClientThread(ClientConnection connection, Consumer<Work> session) {
        this.connection = connection;
        this.session = session;
    }

    /** Starts a virtual thread. No other thread of the client may run. */
    void start(Work work) {
        connection.carrier().start(connection.threadName(), () -> session.accept(work));
    }

    /**
     * Leaves the client to its next thread, which starts when the client says something. Client thread only.
     *
     * @return false where the client has said something already
     */
    boolean leaves(Work next) {
        if (connection.inbox().available() > 0) {
            return false;
        }
        connection.inbox().release();
        awake = false;
        boolean leaves = connection.wire().onInput(() -> start(() -> wakened(next)));
        if (!leaves) {
            awake = true;
        }
        return leaves;
    }

    private boolean wakened(Work next) throws IOException, SessionException, InterruptedException {
        awake = true;
        return next.run();
    }

    /**
     * Tells the thread of an idle client to leave. Any thread.
     *
     * @return false where there is none
     */
    boolean dismiss() {
        boolean dismissed = awake;
        if (dismissed) {
            connection.wire().dismiss();
        }
        return dismissed;
    }

    /** Whether there is a client thread now. Any thread. */
    boolean isAwake() {
        return awake;
    }
}

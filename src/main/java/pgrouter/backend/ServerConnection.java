package pgrouter.backend;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import pgrouter.config.Backend;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.MessageWriter;
import pgrouter.net.Wire;
import pgrouter.protocol.FrontendMessage;

/**
 * One logged-in connection to a backend, idle and outside a transaction when it is made. One thread at a time reads
 * its inbox. Any thread may write whole messages. Any thread may close it.
 */
public final class ServerConnection implements AutoCloseable {
    private final Backend backend;
    private final Carrier carrier;
    private final Wire wire;
    private final Inbox inbox;
    private final MessageWriter outbox;
    private final KeyData key;
    private final Map<String, String> parameters;
    private final long begunAt;
    private final long openedAt;
    private volatile Optional<PathAtLogin> path = Optional.empty();
    private final AtomicReference<Use> use = new AtomicReference<>(Use.SESSION);

    /** The session that a cancel request would hit. */
    private enum Use {
        /** The session that has the connection. */
        SESSION,
        /** The same session, at any time from now on: a cancel request was sent, and may still be under way. */
        CANCELLED,
        /** No session, or one that the cancel request is not meant for. */
        LEFT
    }

    /** @param begunAt {@link System#nanoTime()} before the backend was dialled */
    ServerConnection(
            Backend backend,
            Carrier carrier,
            Wire wire,
            Inbox inbox,
            MessageWriter outbox,
            Login.Result login,
            long begunAt) {
        this(backend, carrier, wire, inbox, outbox, login, begunAt, System.nanoTime());
    }

    private ServerConnection(
            Backend backend,
            Carrier carrier,
            Wire wire,
            Inbox inbox,
            MessageWriter outbox,
            Login.Result login,
            long begunAt,
            long openedAt) {
        this.backend = backend;
        this.carrier = carrier;
        this.wire = wire;
        this.inbox = inbox;
        this.outbox = outbox;
        this.key = login.key();
        this.begunAt = begunAt;
        this.openedAt = openedAt;
        this.parameters = SharedParameters.of(login.parameters());
    }

    /**
     * The key that a cancel request must contain (BackendKeyData).
     *
     * @param secret never printed
     */
    public record KeyData(int processId, byte[] secret) {
        @Override
        public String toString() {
            return "KeyData[processId=" + processId + "]";
        }
    }

    public Backend backend() {
        return backend;
    }

    /** The carrier on which its threads are to run. */
    public Carrier carrier() {
        return carrier;
    }

    public Inbox inbox() {
        return inbox;
    }

    public MessageWriter outbox() {
        return outbox;
    }

    public KeyData key() {
        return key;
    }

    /** The ParameterStatus values that the backend reported at login. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /** The version that the server reports, such as {@code 18.1}; empty where it reports none. */
    public String version() {
        return parameters.getOrDefault("server_version", "");
    }

    /** The major version that the server reports; 0 where it reports no valid one. */
    public int majorVersion() {
        String digits = version().replaceFirst("\\D(?s:.*)", "");
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    /**
     * {@link System#nanoTime()} before the backend was dialled. The server's view of roles and databases at the login
     * is not older than that.
     */
    public long begunAt() {
        return begunAt;
    }

    /**
     * {@link System#nanoTime()} after the login. An answer of the node to a question that was sent later is of the
     * same run of the server.
     */
    public long openedAt() {
        return openedAt;
    }

    /** Whether there is neither unread input nor the end of the connection. No thread may be reading. */
    public boolean isQuiet() {
        return inbox.available() == 0 && wire.isQuiet();
    }

    /**
     * Leaves a task for the next input. The calling thread has handled all input and stops reading. When more comes,
     * or the connection is closed, the task is run once, on any thread. The task must be short.
     *
     * @return false where the task will not be run, and the reading thread must go on
     * @see Wire#onInput
     */
    public boolean onInput(Runnable task) {
        if (inbox.available() > 0) {
            return false;
        }
        inbox.release();
        return wire.onInput(task);
    }

    /** Ends the waiting of the thread that reads by {@link Inbox#awaitInputOrDismissal}; does nothing where there is none. Any thread. */
    public void dismiss() {
        wire.dismiss();
    }

    /**
     * Lets the calling thread read now, instead of the task of {@link #onInput}.
     *
     * @return false where the task is running, has run, or was never left
     */
    public boolean takeOver() {
        return wire.takeOver();
    }

    /** The search path of its process when it is new; empty where the server was not asked. */
    public Optional<PathAtLogin> path() {
        return path;
    }

    /** Sets the search path of the process when it is new. */
    public void looksIn(Optional<PathAtLogin> found) {
        path = found;
    }

    /** Called before a cancel request is sent. Any thread. @return false where the session that it is meant for has left the connection */
    public boolean cancels() {
        return use.compareAndSet(Use.SESSION, Use.CANCELLED) || use.get() == Use.CANCELLED;
    }

    /** Leaves the connection to another session. @return false where a cancel request that was meant for this one may still come */
    public boolean leaves() {
        return use.compareAndSet(Use.SESSION, Use.LEFT);
    }

    /** The same connection for another session. */
    public ServerConnection renewed() {
        ServerConnection renewed = new ServerConnection(
                backend, carrier, wire, inbox, outbox, new Login.Result(parameters, key), begunAt, openedAt);
        renewed.path = path;
        return renewed;
    }

    /** Closes the connection without a message. The backend notices when it next writes. */
    @Override
    public void close() {
        wire.close();
    }

    /**
     * Ends the session on the backend with Terminate, as a client does. After an incomplete message it sends nothing,
     * since the backend would take that for the rest of the message.
     */
    public void terminate() {
        try {
            if (!outbox.isWithinMessage()) {
                outbox.write(FrontendMessage.terminate());
            }
        } catch (IOException alreadyGone) {
            // It is closed all the same.
        }
        wire.close();
    }
}

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
 * One logged-in connection to a backend, idle and outside a transaction when it is made. One thread reads its inbox at a time;
 * any thread may write whole messages; any thread may close it.
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
    private volatile Optional<PathAtLogin> path = Optional.empty();
    private final AtomicReference<Use> use = new AtomicReference<>(Use.SESSION);

    /** Who a cancel request would hit. */
    private enum Use {
        /** The session that has it. */
        SESSION,
        /** That session too, at any time from now on: it was asked to cancel, and that may be on its way. */
        CANCELLED,
        /** Nobody, or a session that it does not know. */
        LEFT
    }

    /** @param begunAt {@link System#nanoTime()} before the backend was dialled */
    ServerConnection(Backend backend, Carrier carrier, Wire wire, Inbox inbox, MessageWriter outbox, Login.Result login, long begunAt) {
        this.backend = backend;
        this.carrier = carrier;
        this.wire = wire;
        this.inbox = inbox;
        this.outbox = outbox;
        this.key = login.key();
        this.begunAt = begunAt;
        this.parameters = SharedParameters.of(login.parameters());
    }

    /**
     * What a cancel request must name (BackendKeyData).
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

    /** Where its threads are to run. */
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

    /** The major version of the server, as it reports it; 0 where it reports none that can be. */
    public int majorVersion() {
        String digits = parameters.getOrDefault("server_version", "").replaceFirst("\\D(?s:.*)", "");
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    /**
     * {@link System#nanoTime()} before the backend was dialled: what it knew of roles and databases at the login is not older than
     * that.
     */
    public long begunAt() {
        return begunAt;
    }

    /** Whether nothing has come that was not read, nor the end. Nobody may be reading. */
    public boolean isQuiet() {
        return inbox.available() == 0 && wire.isQuiet();
    }

    /**
     * Who reads has dealt with all that came, and leaves: when more comes, or the connection is closed, the task is run once, on any
     * thread and soon done.
     *
     * @return false where it will not be run, and who reads must go on
     * @see Wire#onInput
     */
    public boolean onInput(Runnable task) {
        if (inbox.available() > 0) {
            return false;
        }
        inbox.release();
        return wire.onInput(task);
    }

    /** Ends the waiting of who reads by {@link Inbox#awaitInputOrDismissal}; where nobody does, nothing happens. Any thread. */
    public void dismiss() {
        wire.dismiss();
    }

    /**
     * Who asks is to read now, in the stead of the task of {@link #onInput}.
     *
     * @return false where the task is run, or was, or nobody has left one
     */
    public boolean takeOver() {
        return wire.takeOver();
    }

    /** By what its process looks for names when it is new; empty where it was not asked. */
    public Optional<PathAtLogin> path() {
        return path;
    }

    /** The process looks for names by this when it is new. */
    public void looksIn(Optional<PathAtLogin> found) {
        path = found;
    }

    /** A cancel request is about to be sent. Any thread. @return false where the session that it is meant for has left the pipe */
    public boolean cancels() {
        return use.compareAndSet(Use.SESSION, Use.CANCELLED) || use.get() == Use.CANCELLED;
    }

    /** The session leaves it to another. @return false where a cancel request may still come that was meant for this one */
    public boolean leaves() {
        return use.compareAndSet(Use.SESSION, Use.LEFT);
    }

    /** The same connection for another session. */
    public ServerConnection renewed() {
        ServerConnection renewed = new ServerConnection(backend, carrier, wire, inbox, outbox, new Login.Result(parameters, key), begunAt);
        renewed.path = path;
        return renewed;
    }

    /** Closes the connection without a word: what the backend was doing, it finds out when it next writes. */
    @Override
    public void close() {
        wire.close();
    }

    /**
     * Ends the session on the backend as a client does that has finished; behind an incomplete message without a word, which the
     * backend would take for its rest.
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

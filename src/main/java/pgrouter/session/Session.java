package pgrouter.session;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import pgrouter.client.ClientConnection;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientStartup;
import pgrouter.client.SessionException;
import pgrouter.client.Startups;
import pgrouter.client.Visitor;
import pgrouter.config.Limits;
import pgrouter.log.Log;
import pgrouter.metrics.ClientFacts;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.protocol.StartupPacket;
import pgrouter.protocol.StartupPacket.CancelRequest;
import pgrouter.protocol.StartupPacket.StartupMessage;
import pgrouter.tls.TlsServer;

/**
 * One client, from accept to close: it negotiates, logs in, and is served as the {@link SessionKind} says that it has
 * asked for. All of that runs on its {@link ClientThread}; other threads end the session by its {@link Termination}.
 */
public final class Session {
    private static final Log LOG = Log.of("session");
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final SessionParts parts;
    private final ClientStartup startup;
    private final SessionLogin login;
    private final Instant since = Instant.now();

    /**
     * @param accepted the connection, on which no TLS has begun yet
     * @param carrier of the wire: all of the session runs there
     * @param tls the TLS that is offered to the client
     */
    public Session(Services services, Wire accepted, Carrier carrier, Optional<TlsServer> tls) {
        ClientConnection connection = ClientConnection.of(NUMBERS.incrementAndGet(), accepted, carrier);
        SessionPhase phase = new SessionPhase();
        Termination termination = new Termination(connection, phase, services.connector());
        ClientThread thread = new ClientThread(connection, this::run);
        this.parts = new SessionParts(services, connection, phase, thread, termination, new Closer());
        this.startup =
                new ClientStartup(connection, accepted, tls, services.sessions().startups(), termination);
        this.login = new SessionLogin(parts, startup);
    }

    /** Starts the session on a virtual thread of its own. The session counts from now on. */
    public void start() {
        parts.services().metrics().clientCame();
        parts.services().sessions().came(this);
        boolean started = false;
        try {
            parts.thread().start(this::begin);
            started = true;
        } finally {
            if (!started) {
                leave();
            }
        }
    }

    private void run(ClientThread.Work work) {
        boolean goesOn = false;
        try {
            goesOn = live(work);
        } finally {
            if (!goesOn) {
                leave();
            }
        }
    }

    private void leave() {
        try {
            parts.connection().wire().close();
        } finally {
            parts.services().sessions().left(this);
            parts.services().metrics().clientLeft();
        }
    }

    private boolean begin() throws IOException, SessionException, InterruptedException {
        if (parts.services().sessions().isEnding()) {
            endIfResting();
            return false;
        }
        Optional<StartupPacket> packet = startup.negotiate();
        return packet.isPresent() && kind(packet.get()).run();
    }

    private SessionKind kind(StartupPacket packet) throws IOException, SessionException, InterruptedException {
        return switch (packet) {
            case StartupMessage message -> login.run(message);
            case CancelRequest request -> new CancelSession(parts.services(), request);
            default -> throw new AssertionError("negotiation ends with a startup message or a cancel request");
        };
    }

    /** Logs the end of a session by its cause: a client that has left is not worth a line. */
    private boolean live(ClientThread.Work work) {
        Visitor visitor = parts.connection().visitor();
        ClientEnd client = parts.connection().end();
        try {
            return releasing(work);
        } catch (SSLException e) {
            visitor.tell(Visitor.Kind.NO_TLS, "has no TLS connection: " + e.getMessage());
        } catch (ProtocolException e) {
            visitor.tell(Visitor.Kind.NO_PROTOCOL, "broke the protocol: " + e.getMessage());
            client.write(SessionException.fatal(SqlState.PROTOCOL_VIOLATION, e.getMessage())
                    .message());
        } catch (IOException gone) {
            LOG.debug(() -> "is gone: " + gone.getMessage());
        } catch (SessionException e) {
            visitor.tell(e);
            client.write(e.message());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError e) {
            LOG.error("ends: Java has no memory left, raise -Xmx");
            client.write(SessionException.fatal(SqlState.OUT_OF_MEMORY, "out of memory")
                    .message());
        } catch (RuntimeException | Error e) {
            LOG.error("ends by a fault of pgrouter, please report it: " + e + " at " + firstFrame(e));
            client.write(SessionException.fatal("XX000", "internal error of pgrouter")
                    .message());
        }
        return false;
    }

    private boolean releasing(ClientThread.Work work) throws IOException, SessionException, InterruptedException {
        boolean goesOn = false;
        try {
            goesOn = work.run();
            return goesOn;
        } finally {
            if (!goesOn) {
                parts.held().close();
            }
        }
    }

    private static String firstFrame(Throwable e) {
        return e.getStackTrace().length == 0 ? "an unknown place" : e.getStackTrace()[0].toString();
    }

    /** Ends the session where nothing of it is under way. May have to wait for the client. Any thread. */
    void endIfResting() {
        parts.termination().endIfResting();
    }

    /** Ends the session where its client has said nothing for too long. Any thread. */
    void endIfSilent(long now, Limits limits) {
        parts.termination().endIfSilent(now, limits);
    }

    /** Ends the session, whatever is under way. Returns at once. Any thread. */
    void kill() {
        parts.termination().kill();
    }

    /**
     * Takes the thread from a client that has said nothing since the last call. One thread at a time.
     *
     * @return whether the thread was told
     */
    boolean dismissIfResting() {
        return parts.phase().lastsSinceLastLook() && parts.thread().dismiss();
    }

    /** The client as one that has not logged in. */
    Startups.Startup startup() {
        return startup;
    }

    /** Whether it has a thread now. Any thread. */
    boolean isAwake() {
        return parts.thread().isAwake();
    }

    /** Whether its client has left. Any thread. */
    boolean isLeaving() {
        return parts.connection().end().hasLeft();
    }

    /** As in the log. */
    long number() {
        return parts.connection().number();
    }

    /** Any thread. */
    ClientFacts facts() {
        return login.facts(since);
    }
}

package pgrouter.client;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import pgrouter.auth.Credential;
import pgrouter.metrics.Histogram;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;
import pgrouter.protocol.SqlState;
import pgrouter.protocol.StartupPacket;
import pgrouter.protocol.StartupPacket.StartupMessage;
import pgrouter.tls.TlsServer;
import pgrouter.tls.TlsWire;

/**
 * A connection from accept until its client has logged in: the client negotiates, and proves that it is its user. It
 * counts among the {@link Startups} meanwhile. Client thread only, except what {@link Startups.Startup} says otherwise.
 */
public final class ClientStartup implements Startups.Startup {
    /** Ends the session of the connection. Any thread. */
    public interface End {
        /** @return whether the calling thread is the one that ends it: the client has not logged in */
        boolean takeLogin();

        /** Tells the client the reason, on a thread of its own, and closes the connection. */
        void startFarewell(SessionException reason);
    }

    private final ClientConnection connection;
    private final Wire accepted;
    private final Optional<TlsServer> tls;
    private final Startups startups;
    private final End session;
    private final Awaited awaited = new Awaited(this::keep);

    /** In kilobytes; the client thread adds to it. */
    private volatile int kept;

    /** {@link System#nanoTime()}. */
    private long begunAt;

    private Optional<TlsWire> secured = Optional.empty();

    /**
     * @param accepted the wire below that of the connection
     * @param tls the TLS that is offered to the client
     */
    public ClientStartup(
            ClientConnection connection, Wire accepted, Optional<TlsServer> tls, Startups startups, End session) {
        this.connection = connection;
        this.accepted = accepted;
        this.tls = tls;
        this.startups = startups;
        this.session = session;
    }

    /** @return a StartupMessage or a CancelRequest; empty where the client has left, or has sent something else */
    public Optional<StartupPacket> negotiate() throws IOException, SessionException {
        begunAt = System.nanoTime();
        Negotiation negotiation = new Negotiation(
                connection.inbox(), connection.end(), connection.wire(), tls, connection.visitor(), awaited);
        Optional<StartupPacket> packet = negotiation.run();
        secured = negotiation.secured();
        return packet;
    }

    /** The other end, after the negotiation. */
    public Peer peer() throws IOException {
        return Peer.of(connection.wire(), secured);
    }

    /**
     * Has the client prove that it is the user whom it has named. After that it is no startup any more.
     *
     * @param patience how long the login may take
     * @return the credential that opens the backends for the user
     * @throws SessionException where it may not come in, or has not proven it
     */
    public Credential authenticate(
            StartupMessage startup, Peer peer, Access access, FailedLogins failures, Duration patience)
            throws IOException, SessionException, InterruptedException {
        String user = startup.parameters().getOrDefault("user", "");
        if (user.isEmpty()) {
            throw SessionException.fatal(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                    "no PostgreSQL user name specified in startup packet");
        }
        connection.visitor().says(user);
        ClientLogin login =
                new ClientLogin(connection.inbox(), connection.end(), access.users(), binding(peer), awaited);
        Authentication authentication =
                new Authentication(access.hba(), peer, login, failures, awaited, deadline(patience));
        Credential credential = authentication.run(user, startup.parameters());
        connection.inbox().usually(connection.carrier().bufferCapacity());
        startups.left(this);
        return credential;
    }

    private Optional<byte[]> binding(Peer peer) {
        return peer.encrypted() ? tls.flatMap(TlsServer::binding) : Optional.empty();
    }

    /** A password waits for its turn until shortly before the login timeout, so that the client hears the reason. */
    private long deadline(Duration patience) {
        return begunAt + patience.toNanos() / 10 * 9;
    }

    /**
     * Returns the greeting of the client that has sent this.
     *
     * @param logins counts how long each login has taken
     */
    public Greeting greeting(StartupMessage startup, Histogram logins) {
        return new Greeting(connection, Negotiation.secret(startup), () -> logins.count(System.nanoTime() - begunAt));
    }

    @Override
    public long number() {
        return connection.number();
    }

    @Override
    public Carrier carrier() {
        return connection.carrier();
    }

    @Override
    public int kept() {
        return kept;
    }

    @Override
    public void keeps(int more) {
        int before = kept;
        kept = before + more;
    }

    /** Ends the client thread where the session ends. */
    private void keep(int bytes) throws IOException, InterruptedException {
        while (!startups.keep(this, bytes)) {
            if (connection.end().isGone()) {
                throw new EOFException("ended before the login");
            }
        }
    }

    @Override
    public boolean isSilentSince(long time) {
        return awaited.isClientSince(time);
    }

    @Override
    public boolean awaitsTurn() {
        return awaited.isTurn();
    }

    @Override
    public boolean endIfSilentSince(long time) {
        return awaited.isClientSince(time) && accepted.awaitsInput() && makesRoom(ConnectionLimits.tooMany());
    }

    @Override
    public boolean endIfAwaitsTurn() {
        return awaited.isTurn() && makesRoom(Authentication.noTurn());
    }

    private boolean makesRoom(SessionException farewell) {
        boolean ends = session.takeLogin();
        if (ends) {
            startups.left(this);
            connection.visitor().tell(Visitor.Kind.MADE_ROOM, "has not logged in, and makes room for others");
            session.startFarewell(farewell);
        }
        return ends;
    }
}

package pgrouter.session;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import pgrouter.auth.Credential;
import pgrouter.backend.ServerConnection;
import pgrouter.client.Access;
import pgrouter.client.Authentication;
import pgrouter.client.Awaited;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientLogin;
import pgrouter.client.ClientWatch;
import pgrouter.client.ConnectionLimits;
import pgrouter.client.ConnectionLimits.Place;
import pgrouter.client.Negotiation;
import pgrouter.client.Peer;
import pgrouter.client.Replication;
import pgrouter.client.SessionException;
import pgrouter.client.StartupSettings;
import pgrouter.client.Startups;
import pgrouter.client.Visitor;
import pgrouter.config.Limits;
import pgrouter.log.Log;
import pgrouter.metrics.ClientFacts;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.Wire;
import pgrouter.pool.Lease;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.ServerLogin;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.MessageBuilder;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.protocol.StartupPacket;
import pgrouter.protocol.StartupPacket.CancelRequest;
import pgrouter.protocol.StartupPacket.StartupMessage;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.LearnedRefusals;
import pgrouter.tls.StartTls;
import pgrouter.tls.TlsServer;
import pgrouter.tls.TlsWire;

/**
 * One client, from accept to close: negotiate, authenticate, open the server connections, serve. Runs on the client's
 * virtual thread; {@link Relay} reads the server connections. A client that says nothing for a while has no thread.
 * When it does say something, the next thread goes on where the last one has stopped.
 */
public final class Session implements Startups.Startup {
    private static final Log LOG = Log.of("session");
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The number of bytes that are kept without growing. A client that has not logged in has little to say. */
    private static final int FIRST_ROOM = Awaited.SMALL;

    /** How long the first session of a database waits until its functions are assessed. Without that it reads from the writer. */
    private static final Duration CATALOG_PATIENCE = Duration.ofSeconds(10);

    /** How long a client whose session is ended may take to read the reason. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private static final int SHORT_SECRET = 4;
    private static final int LONG_SECRET = 32;

    private final Services services;
    private final Wire accepted;
    private final StartTls wire;
    private final Optional<TlsServer> tls;
    private final Carrier carrier;
    private final ClientEnd client;
    private final Visitor visitor;
    private final Inbox inbox;
    private final SessionPhase rest = new SessionPhase();
    private final Awaited awaited = new Awaited(this::keep);

    /** In kilobytes; the client thread adds to it. */
    private volatile int kept;

    private final ClientWatch watch;

    /**
     * The resources that others can have as soon as the session is over, even where its client takes a long time to
     * read the reason.
     */
    private final Closer held = new Closer();

    private final long number = NUMBERS.incrementAndGet();
    private final Instant since = Instant.now();
    private volatile boolean startedUp;

    /** Whether there is a client thread. */
    private volatile boolean awake = true;

    private volatile Optional<Known> known = Optional.empty();

    /** The target of a cancel request. */
    private volatile Optional<CancelRegistry.Target> target = Optional.empty();

    /** The user who has logged in. */
    private record Known(String user, String database, String application, Peer peer) {}

    /** {@link System#nanoTime()}. */
    private long acceptedAt;

    /**
     * @param accepted the connection, on which no TLS has begun yet
     * @param carrier of the wire: all of the session runs there
     * @param tls the TLS that is offered to the client
     */
    public Session(Services services, Wire accepted, Carrier carrier, Optional<TlsServer> tls) {
        this.services = services;
        this.accepted = accepted;
        this.wire = new StartTls(accepted, carrier);
        this.tls = tls;
        this.carrier = carrier;
        this.client = new ClientEnd(wire);
        this.visitor = new Visitor(address(accepted));
        this.inbox = new Inbox(wire, carrier, FIRST_ROOM);
        this.watch = new ClientWatch(client, wire, inbox, carrier, number);
    }

    /** Empty also where the client has left already. */
    private static Optional<InetAddress> address(Wire accepted) {
        try {
            return accepted.peer();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Runs on a client thread, until the session ends or does not need the thread any more. */
    private interface Work {
        /** @return whether the session goes on without this thread, which must not touch it any more */
        boolean run() throws IOException, SessionException, InterruptedException;
    }

    /** Starts the session on a virtual thread of its own. The session counts from now on. */
    public void start() {
        services.metrics().clientCame();
        services.sessions().came(this);
        boolean started = false;
        try {
            startThread(this::begin);
            started = true;
        } finally {
            if (!started) {
                leave();
            }
        }
    }

    private void startThread(Work work) {
        carrier.start("client-" + number, () -> run(work));
    }

    private void run(Work work) {
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
            wire.close();
        } finally {
            services.sessions().left(this);
            services.metrics().clientLeft();
        }
    }

    private boolean begin() throws IOException, SessionException, InterruptedException {
        acceptedAt = System.nanoTime();
        if (services.sessions().isEnding()) {
            endIfResting();
            return false;
        }
        return negotiate();
    }

    /** The error for a client whose session ends because pgrouter ends. */
    static SessionException ending() {
        return SessionException.fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }

    /** Ends the session where nothing of it is under way. May have to wait for the client. Any thread. */
    void endIfResting() {
        if (rest.take()) {
            end(ending());
        }
    }

    /**
     * Takes the thread from a client that has said nothing since the last call. One thread at a time.
     *
     * @return whether the thread was told
     */
    boolean dismissIfResting() {
        boolean dismissed = rest.lastsSinceLastLook() && awake;
        if (dismissed) {
            wire.dismiss();
        }
        return dismissed;
    }

    /** Whether it has a thread now. Any thread. */
    boolean isAwake() {
        return awake;
    }

    /** Whether its client has left. Any thread. */
    boolean isLeaving() {
        return client.hasLeft();
    }

    @Override
    public Carrier carrier() {
        return carrier;
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
        boolean ends = awaited.isClientSince(time) && accepted.awaitsInput() && rest.takeLogin();
        if (ends) {
            makeRoom(ConnectionLimits.tooMany());
        }
        return ends;
    }

    @Override
    public boolean endIfAwaitsTurn() {
        boolean ends = awaited.isTurn() && rest.takeLogin();
        if (ends) {
            makeRoom(Authentication.noTurn());
        }
        return ends;
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

    /** Ends the client thread where the session ends. Client thread only. */
    private void keep(int bytes) throws IOException, InterruptedException {
        while (!services.sessions().startups().keep(this, bytes)) {
            if (client.isGone()) {
                throw new EOFException("ended before the login");
            }
        }
    }

    private void makeRoom(SessionException farewell) {
        services.sessions().startups().left(this);
        visitor.tell(Visitor.Kind.MADE_ROOM, "has not logged in, and makes room for others");
        Thread.ofVirtual().name("client-" + number + "-end").start(() -> end(farewell));
    }

    /** Ends the session where its client has said nothing for too long. Any thread. */
    void endIfSilent(long now, Limits limits) {
        if (rest.takeLoginSince(now - limits.login().toNanos())) {
            endApart(SessionException.fatal(SqlState.QUERY_CANCELED, "canceling authentication due to timeout"));
        } else if (!limits.idle().isZero()
                && rest.takeRestingSince(now - limits.idle().toNanos())) {
            endApart(SessionException.fatal(
                    SqlState.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout"));
        }
    }

    @Override
    public long number() {
        return number;
    }

    /** Any thread. */
    ClientFacts facts() {
        Optional<Known> now = known;
        return new ClientFacts(
                number,
                now.map(Known::user),
                now.map(Known::database),
                now.map(Known::application),
                now.flatMap(each -> each.peer().address()).map(InetAddress::getHostAddress),
                rest.words(),
                since,
                now.filter(each -> each.peer().encrypted()).isPresent());
    }

    /**
     * Ends the session, whatever is under way: a server at work is cancelled, and not waited for. A client that does
     * not read is not told. Returns at once. Any thread.
     */
    void kill() {
        Optional<ServerConnection> atWork = target.flatMap(CancelRegistry.Target::pipeAtWork);
        Thread farewell = endApart(ending());
        Thread.ofVirtual().name("client-" + number + "-kill").start(() -> {
            try {
                farewell.join(FAREWELL);
                client.close();
                stop(atWork);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** The thread that looks for idle clients must not wait for one of them. */
    private Thread endApart(SessionException farewell) {
        return Thread.ofVirtual().name("client-" + number + "-end").start(() -> {
            visitor.tell(farewell);
            end(farewell);
        });
    }

    /** A client that has not even begun is told nothing, as in PostgreSQL ({@code StartupPacketTimeoutHandler}). */
    private void end(SessionException farewell) {
        if (startedUp) {
            client.write(farewell.message());
        }
        client.close();
    }

    /** Logs the end of a session by its cause: a client that has left is not worth a line. */
    private boolean live(Work work) {
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

    private boolean releasing(Work work) throws IOException, SessionException, InterruptedException {
        boolean goesOn = false;
        try {
            goesOn = work.run();
            return goesOn;
        } finally {
            if (!goesOn) {
                held.close();
            }
        }
    }

    private static String firstFrame(Throwable e) {
        return e.getStackTrace().length == 0 ? "an unknown place" : e.getStackTrace()[0].toString();
    }

    private boolean negotiate() throws IOException, SessionException, InterruptedException {
        Negotiation negotiation = new Negotiation(inbox, client, wire, tls, visitor, awaited);
        Optional<StartupPacket> packet = negotiation.run();
        if (packet.isEmpty()) {
            return false;
        }
        return switch (packet.get()) {
            case StartupMessage startup -> logIn(startup, negotiation.secured());
            case CancelRequest request -> {
                cancel(request);
                yield false;
            }
            default -> throw new AssertionError("negotiation ends with a startup message or a cancel request");
        };
    }

    private boolean logIn(StartupMessage startup, Optional<TlsWire> secured)
            throws IOException, SessionException, InterruptedException {
        startedUp = true;
        Peer peer = Peer.of(wire, secured);
        boolean replicates =
                Replication.of(startup.parameters().getOrDefault("replication", "off")) != Replication.NONE;
        String database = StartupSettings.of(startup.parameters()).database();
        if (!replicates && services.console().isAt(database)) {
            administer(startup, peer);
            return false;
        }
        Place place = hold(services.sessions().places().take(peer));
        ServerLogin login = new ServerLogin(startup.parameters(), admitted(startup, peer), carrier, number);
        knownAs(login.user(), startup, peer, place);
        if (replicates) {
            replicate(startup, login);
            return false;
        }
        Servers servers = Servers.open(services, login, watch);
        held.add(servers::close);
        return welcome(startup, servers);
    }

    private Place hold(Place place) {
        held.add(place::close);
        return place;
    }

    /** @return the opener of server connections for the client, which has proven its user */
    private Credential admitted(StartupMessage startup, Peer peer)
            throws IOException, SessionException, InterruptedException {
        String user = startup.parameters().getOrDefault("user", "");
        if (user.isEmpty()) {
            throw SessionException.fatal(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                    "no PostgreSQL user name specified in startup packet");
        }
        visitor.says(user);
        Credential credential = authenticate(user, startup, peer);
        inbox.usually(carrier.bufferCapacity());
        services.sessions().startups().left(this);
        return credential;
    }

    private void knownAs(String user, StartupMessage startup, Peer peer, Place place) throws SessionException {
        place.of(user);
        String database = StartupSettings.of(startup.parameters()).database();
        known = Optional.of(new Known(user, database, startup.parameters().getOrDefault("application_name", ""), peer));
    }

    private Credential authenticate(String user, StartupMessage startup, Peer peer)
            throws IOException, SessionException, InterruptedException {
        Access access = services.access();
        Optional<byte[]> endPoint = peer.encrypted() ? tls.flatMap(TlsServer::binding) : Optional.empty();
        ClientLogin login = new ClientLogin(inbox, client, access.users(), endPoint, awaited);
        return new Authentication(access.hba(), peer, login, services.failedLogins(), awaited, deadlineOfPasswords())
                .run(user, startup.parameters());
    }

    /** A password waits for its turn until shortly before the login timeout, so that the client hears the reason. */
    private long deadlineOfPasswords() {
        return acceptedAt + services.rules().limits().login().toNanos() / 10 * 9;
    }

    private void replicate(StartupMessage startup, ServerLogin login)
            throws IOException, SessionException, InterruptedException {
        try (Lease lease = primary(login)) {
            ServerConnection primary = lease.connection();
            rest.stream();
            ReplicationRelay relay = new ReplicationRelay(primary, inbox, client);
            byte[] secret = secret(startup);
            Runnable remove = services.cancels().add(primary.key().processId(), secret, relay);
            try {
                greet(primary.parameters(), primary.key().processId(), secret);
                relay.run(login.threadName());
            } finally {
                remove.run();
                if (relay.isDeserted()) {
                    Desertion.cancel(services.connector(), primary);
                }
            }
        }
    }

    private Lease primary(ServerLogin login) throws SessionException, InterruptedException {
        try {
            return services.opener(login).openPrimary(services.waitAtLogin());
        } catch (NoPrimaryException e) {
            throw e.atLogin();
        }
    }

    /**
     * Serves a client of the console, which has no server connections: its process id is its number here. A place is
     * reserved for it, but not for a stranger.
     */
    private void administer(StartupMessage startup, Peer peer)
            throws IOException, SessionException, InterruptedException {
        admitted(startup, peer);
        String user = startup.parameters().getOrDefault("user", "");
        knownAs(user, startup, peer, hold(services.sessions().places().takeForConsole(peer)));
        if (!services.console().admits(user)) {
            throw SessionException.fatal(SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for the console");
        }
        greet(services.console().greeting(startup.parameters()), (int) number, secret(startup));
        services.console().serve(new ConsoleClient(user, inbox, client, rest, this::endIfEnding));
    }

    private void endIfEnding() {
        if (services.sessions().isEnding()) {
            endIfResting();
        }
    }

    private static byte[] secret(StartupMessage startup) {
        byte[] secret = new byte[Negotiation.minor(startup) >= 2 ? LONG_SECRET : SHORT_SECRET];
        RANDOM.nextBytes(secret);
        return secret;
    }

    private boolean welcome(StartupMessage startup, Servers servers)
            throws IOException, SessionException, InterruptedException {
        byte[] secret = secret(startup);
        held.add(services.cancels().add(servers.processId(), secret, servers));
        target = Optional.of(servers);
        StartupSettings settings = StartupSettings.of(startup.parameters());
        Catalog catalog = services.catalogs().take(settings.database());
        held.add(catalog::close);
        catalog.await(CATALOG_PATIENCE);
        LearnedRefusals.OfDatabase learned = services.learned().take(settings.database());
        held.add(learned::leave);
        greet(servers.greeting(), servers.processId(), secret);
        servers.start();
        RequestLoop requests = new RequestLoop(services, servers, inbox, settings, catalog, learned, rest);
        requests.begin();
        return rests(requests, servers) || serve(requests, servers);
    }

    /**
     * Leaves the client to its next thread, which starts when the client says something. This also happens right
     * after the login: the stack of the login has grown larger than that of a thread that serves.
     *
     * @return false where the client has said something already
     */
    private boolean rests(RequestLoop requests, Servers servers) {
        if (inbox.available() > 0) {
            return false;
        }
        inbox.release();
        awake = false;
        boolean rests = wire.onInput(() -> startThread(() -> wakened(requests, servers)));
        if (!rests) {
            awake = true;
        }
        return rests;
    }

    private boolean serve(RequestLoop requests, Servers servers)
            throws IOException, SessionException, InterruptedException {
        while (!requests.serve()) {
            if (rests(requests, servers)) {
                return true;
            }
        }
        client.close();
        inbox.release();
        if (requests.leavesNothingBehind() && !services.sessions().isEnding()) {
            servers.handOver();
        }
        return false;
    }

    private boolean wakened(RequestLoop requests, Servers servers)
            throws IOException, SessionException, InterruptedException {
        awake = true;
        return serve(requests, servers);
    }

    private void greet(Map<String, String> parameters, int processId, byte[] secret) {
        MessageBuilder greeting = new MessageBuilder();
        greeting.bytes(BackendMessage.authenticationOk());
        parameters.forEach((name, value) -> greeting.bytes(BackendMessage.parameterStatus(name, value)));
        greeting.bytes(BackendMessage.backendKeyData(processId, secret));
        greeting.bytes(BackendMessage.readyForQuery((byte) 'I'));
        visitor.loggedIn();
        services.metrics().logins().count(System.nanoTime() - acceptedAt);
        client.write(greeting.toByteArray());
    }

    /** PostgreSQL answers a cancel request with nothing, whether it found the session or not. */
    private void cancel(CancelRequest request) throws InterruptedException {
        cancel(services.cancels()
                .find(request.processId(), request.secret())
                .flatMap(CancelRegistry.Target::pipeAtWork));
    }

    /**
     * Cancels a server without keeping the session until it stops. A connection that belongs to another session by
     * now is left alone.
     */
    private void stop(Optional<ServerConnection> pipe) throws InterruptedException {
        if (pipe.filter(ServerConnection::cancels).isPresent()) {
            cancel(pipe);
            pipe.get().close();
        }
    }

    private void cancel(Optional<ServerConnection> pipe) throws InterruptedException {
        if (pipe.isPresent()) {
            Desertion.cancel(services.connector(), pipe.get());
        }
    }
}

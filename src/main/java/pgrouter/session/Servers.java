package pgrouter.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import pgrouter.backend.LoginException;
import pgrouter.backend.ServerConnection;
import pgrouter.backend.SharedParameters;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientWatch;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.exchange.ClusterContext;
import pgrouter.exchange.Relay;
import pgrouter.exchange.SessionContext;
import pgrouter.exchange.SessionEnd;
import pgrouter.metrics.BackendCounters;
import pgrouter.pool.Lease;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.PrimaryWait;
import pgrouter.pool.ServerLogin;
import pgrouter.pool.ServerOpener;
import pgrouter.pool.ServerPair;
import pgrouter.request.Reported;
import pgrouter.request.Statements;
import pgrouter.routing.ReadPosition;
import pgrouter.state.SessionBinding;

/**
 * The server connections of one session: a writer to the present primary, and a reader while a standby is suitable.
 * Client thread only, except {@link #connectionAtWork} and {@link #atWork}.
 */
final class Servers implements CancelRegistry.Target, AutoCloseable {
    private final Services services;
    private final ServerLogin login;
    private final ClientEnd client;
    private final ClientWatch watch;
    private final Reported reported;
    private final SessionContext session;
    private final ClusterContext cluster;
    private final SessionBinding bond = new SessionBinding();
    private final SessionEnd sessionEnd = new SessionEnd(bond);
    private final Map<String, String> greeting;
    private final int processId;
    private final Statements statements;
    private final SessionWriter writer;
    private final SessionReader reader;

    /** Null while no request is under way. */
    private volatile Relay atWork;

    private Servers(Services services, ServerOpener opener, ClientWatch watch, ServerPair opened) {
        ServerConnection first =
                opened.writer().or(opened::reader).orElseThrow().connection();
        this.services = services;
        this.login = opener.login();
        this.watch = watch;
        this.client = watch.client();
        this.statements = new Statements(services.sessions().memory().begin());
        this.greeting = asPrimary(first.parameters());
        this.processId = first.key().processId();
        this.reported = new Reported(greeting);
        this.session = new SessionContext(login.client(), client, watch, reported, sessionEnd);
        this.cluster = new ClusterContext(
                services.cluster(),
                services.writes(),
                services.probes()::probeNow,
                services.uptime(),
                services.serverPool());
        this.writer = new SessionWriter(services, opener, bond, lease -> hold(lease, true), opened);
        this.reader = new SessionReader(services, opener, lease -> hold(lease, false), opened);
        sessionEnd.answeredBy(first().orElseThrow());
    }

    /** The parameter that tells a client at its start that it can write, whether there is a primary at that time or not. */
    private static Map<String, String> asPrimary(Map<String, String> parameters) {
        Map<String, String> told = new HashMap<>(parameters);
        told.computeIfPresent("in_hot_standby", (name, value) -> "off");
        return SharedParameters.of(told);
    }

    /**
     * Opens writer and reader at the same time; while there is no primary, the reader alone. Where neither is
     * available, waits for one.
     *
     * @throws SessionException where a backend refuses, or none was available in time
     */
    static Servers open(Services services, ServerLogin login, ClientWatch watch)
            throws SessionException, InterruptedException {
        ServerOpener opener = services.opener(login);
        try {
            ServerPair opened = services.waitAtLogin().until(view -> opened(services, opener, view));
            return new Servers(services, opener, watch, opened);
        } catch (NoPrimaryException e) {
            throw e.atLogin();
        }
    }

    private static Optional<ServerPair> opened(Services services, ServerOpener opener, ClusterView view)
            throws LoginException, InterruptedException {
        Optional<Node> standby =
                services.router().reader(Optional.empty(), ReadPosition.ANY, view.without(opener.unanswering(view)));
        if (view.primary().isPresent()) {
            return Optional.of(ServerPair.open(opener, view.primary().get(), standby));
        }
        return standby.isPresent() ? Optional.of(ServerPair.ofReader(opener.open(standby.get()))) : Optional.empty();
    }

    /** Starts to read from the backends. */
    void start() {
        writer.start();
        reader.start();
    }

    /**
     * Watches the client while a server is awaited.
     *
     * @param kept how many bytes of its inbox are the present request's
     */
    void watch(IntSupplier kept) {
        watch.over(
                kept,
                new Desertion(
                        services.connector(),
                        this,
                        client,
                        services.openServers().grace()));
    }

    /** Whether the client has left, as far as can be seen without waiting. */
    boolean areDeserted() {
        return watch.hasLeft();
    }

    /**
     * Releases the connections for the next session of the same login. The client has left, and its effects on them
     * can be undone.
     */
    void handOver() throws InterruptedException {
        reader.release();
        writer.release();
    }

    /** The name of the user who has logged in. */
    String loginUser() {
        return login.user();
    }

    /** Returns the relay to the primary where there is one, else the relay to a standby. */
    Optional<Relay> first() {
        Optional<Relay> primary = writer.relay();
        return primary.isPresent() ? primary : reader.relay();
    }

    /** Whether the startup message may let commits be acknowledged before their WAL is flushed. */
    boolean mayCommitAsynchronously() {
        return login.mayCommitAsynchronously();
    }

    /** When roles, databases or a configuration were changed last. */
    long changedAt() {
        return services.serverPool().changedAt();
    }

    /** The parameters that the client is told at its start. */
    Map<String, String> greeting() {
        return greeting;
    }

    /** Equal for two sessions whose logins resolve names in the same way. */
    long naming() {
        return login.naming();
    }

    /** The process id that the client is told to be its own. */
    int processId() {
        return processId;
    }

    ClientEnd client() {
        return client;
    }

    Statements statements() {
        return statements;
    }

    SessionBinding bond() {
        return bond;
    }

    /**
     * Returns the relay to the present primary.
     *
     * @throws NoPrimaryException when there was none for too long
     * @throws SessionException where the session cannot go on
     * @see SessionWriter#get
     */
    Relay writer() throws NoPrimaryException, SessionException, InterruptedException {
        sessionEnd.check();
        return writer.get();
    }

    /**
     * The same for a request that may not need the primary after all.
     *
     * @return empty where the wait has found another way
     */
    Optional<Relay> writer(PrimaryWait wait) throws NoPrimaryException, SessionException, InterruptedException {
        sessionEnd.check();
        return writer.get(wait);
    }

    /** Returns the relay to the primary where there is a usable one. */
    Optional<Relay> presentWriter() throws SessionException, InterruptedException {
        return writer.present();
    }

    /** @throws SessionException where a server has ended the session, with an error that the client has */
    void checkEnd() throws SessionException, InterruptedException {
        sessionEnd.check();
    }

    /**
     * Returns the relay to a standby that is suitable and has replayed far enough.
     *
     * @param without nodes that have failed this request already
     * @see SessionReader#suitable
     */
    Optional<Relay> reader(ReadPosition position, Set<Address> without) throws SessionException, InterruptedException {
        sessionEnd.check();
        return reader.suitable(position, without);
    }

    /** Returns the standby from which the session can go on to read. */
    Optional<Node> ownStandby(ClusterView view) throws SessionException, InterruptedException {
        return reader.own(view);
    }

    /** Returns the node of the present reader, whether the session may go on to read from it or not. */
    Optional<Node> nodeOfReader(ClusterView view) {
        return reader.present(view);
    }

    /** Returns the relay to the standby that the session reads from, whether it is usable or not. */
    Optional<Relay> presentReader() {
        return reader.relay();
    }

    /**
     * Whether a standby that may be read from has replayed far enough, as things are in a view.
     *
     * @param without nodes that have failed this request already
     */
    boolean isReadable(ReadPosition position, ClusterView view, Set<Address> without) {
        return reader.isReadable(position, view, without);
    }

    /** Returns the candidates from which the session may choose a reader, for a read that needs this position. */
    ClusterView choice(Optional<Node> own, ReadPosition needed, ClusterView view) {
        return reader.choice(own, needed, view);
    }

    /** Gives up the present reader. */
    void dropReader() {
        reader.drop();
    }

    void working(Relay relay) {
        atWork = relay;
    }

    void idle() {
        Relay worked = atWork;
        if (worked != null) {
            sessionEnd.answeredBy(worked);
        }
        atWork = null;
    }

    /** The server with a request under way, or null. Any thread. */
    Relay atWork() {
        return atWork;
    }

    @Override
    public Optional<ServerConnection> connectionAtWork() {
        return Optional.ofNullable(atWork).map(Relay::connection);
    }

    @Override
    public void close() {
        reader.drop();
        writer.end();
        statements.memory().end();
    }

    private HeldServer hold(Lease lease, boolean isWriter) {
        return new HeldServer(services, statements, sessionEnd, lease, relay(lease.connection(), isWriter));
    }

    private Relay relay(ServerConnection connection, boolean isWriter) {
        BackendCounters counters =
                services.metrics().backend(connection.backend().address().toString());
        return new Relay(connection, isWriter, statements.onNewServer(), session, cluster, counters);
    }

    static Address address(Relay relay) {
        return relay.address();
    }

    /** Whether SQL that deallocates this statement of the session finds it on the writer, and not on the reader. */
    boolean isOnlyAtWriter(String statement) {
        boolean atReader =
                reader.relay().filter(relay -> relay.hasStatement(statement)).isPresent();
        return !atReader
                && writer.relay().filter(relay -> relay.hasStatement(statement)).isPresent();
    }

    /** Returns the parameters that the servers have reported, by which texts are read. */
    Reported reported() {
        return reported;
    }
}

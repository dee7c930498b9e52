package pgrouter.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import pgrouter.auth.AuthDb;
import pgrouter.auth.Md5Password;
import pgrouter.auth.Users;
import pgrouter.backend.Connector;
import pgrouter.client.Access;
import pgrouter.client.Capacity;
import pgrouter.client.FailedLogins;
import pgrouter.client.Memory;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.ClientLimits;
import pgrouter.config.Consistency;
import pgrouter.config.Limits;
import pgrouter.config.Pool;
import pgrouter.config.ReadWait;
import pgrouter.config.RouteRules;
import pgrouter.hba.Hba;
import pgrouter.metrics.Metrics;
import pgrouter.net.Carriers;
import pgrouter.net.Listener;
import pgrouter.pool.NewProcesses;
import pgrouter.pool.ServerPool;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReaderChoice;
import pgrouter.routing.Router;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;
import pgrouter.session.CancelRegistry;
import pgrouter.session.Console;
import pgrouter.session.OpenServers;
import pgrouter.session.ReplayTimes;
import pgrouter.session.Rules;
import pgrouter.session.Services;
import pgrouter.session.Session;
import pgrouter.session.Sessions;
import pgrouter.session.Settings;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.tls.TlsServer;

/**
 * pgrouter's sessions between fakes: one primary, some standbys, and a loopback port for clients. The user {@code app} has the
 * password {@code app-secret} and logs in by MD5; {@code scram} has the same, and does so by SCRAM. The first process id on the primary is 1000, on the standbys 2000, 3000 and so on.
 */
public final class Stage implements Closeable {
    public static final String USER = "app";
    public static final String PASSWORD = "app-secret";

    private static final Lsn START = new Lsn(1000);
    private static final Pool NO_POOL = new Pool(0, Duration.ofMinutes(1), Duration.ofMinutes(1));
    private static final Carriers CARRIERS = carriers();

    private final FakePostgres primary;
    private final List<FakePostgres> standbys = new ArrayList<>();
    private final BlockingQueue<Connection> writers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Connection> readers = new LinkedBlockingQueue<>();
    private final Cluster cluster;
    private final Metrics metrics = new Metrics();
    private final ScriptedProbes probes = new ScriptedProbes(this::role);
    private final Settings settings;
    private final Sessions sessions;
    private final OpenServers openServers;
    private final ServerPool serverPool;
    private final Connector connector = new Connector();
    private volatile Pool pool;
    private final Listener listener;
    private final List<Closeable> opened = new ArrayList<>();
    private volatile Uptime uptime = Uptime.UNKNOWN;
    private volatile Optional<TlsServer> tls = Optional.empty();
    private volatile Duration grace = Duration.ofMinutes(1);
    private volatile Function<Optional<SearchPath>, Optional<SuspectNames>> suspects;
    private volatile Capacity capacity = Capacity.UNBOUNDED;

    private Stage(int standbyCount, Duration failover, Pool pool) throws Exception {
        this(standbyCount, failover, pool, SuspectNames.NONE);
    }

    private Stage(int standbyCount, Duration failover, Pool firstPool, SuspectNames firstSuspects) throws Exception {
        this(
                standbyCount,
                failover,
                firstPool,
                firstSuspects,
                new Memory(Long.MAX_VALUE, () -> Long.MAX_VALUE),
                Optional.empty());
    }

    private Stage(
            int standbyCount,
            Duration failover,
            Pool firstPool,
            SuspectNames firstSuspects,
            Memory memory,
            Optional<NewProcesses> processes)
            throws Exception {
        pool = firstPool;
        publish(firstSuspects);
        primary = FakePostgres.start(writers, 1000);
        for (int i = 0; i < standbyCount; i++) {
            standbys.add(FakePostgres.start(readers, 2000 + 1000 * i));
        }
        cluster = new Cluster(List.of());
        publish(START, START);
        Router router = new Router(new ReaderChoice(new Random(1)));
        Limits limits = new Limits(
                new ClientLimits(1000, 1000, 1000, 1000, Long.MAX_VALUE),
                Duration.ofMinutes(1),
                Duration.ZERO,
                failover,
                Duration.ofSeconds(30));
        Rules rules = new Rules(Consistency.SESSION, ReadWait.OFF, RouteRules.DEFAULT, limits, Duration.ZERO);
        settings = new Settings(rules, new Access(new Users(authDb()), Hba.NONE));
        sessions = new Sessions(settings, () -> capacity, memory);
        serverPool = new ServerPool(() -> pool, processes);
        serverPool.watch(cluster);
        openServers = new OpenServers(cluster, () -> grace);
        Services services = new Services(
                settings,
                cluster,
                probes,
                backend -> uptime.since(backend),
                new Writes(),
                new ReplayTimes.OfNodes(),
                router,
                new LearnedRefusals(System::nanoTime),
                Catalogs.always(path -> suspects.apply(path)),
                connector,
                metrics,
                new CancelRegistry(),
                sessions,
                new FailedLogins(System::nanoTime),
                openServers,
                serverPool,
                Console.NONE);
        listener = Listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.start(
                sessions.startups()::hasRoom,
                CARRIERS,
                (wire, carrier) -> new Session(services, wire, carrier, tls).start(),
                failure -> {});
    }

    private static Carriers carriers() {
        try {
            return Carriers.start(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Stage withStandbys(int count) throws Exception {
        return new Stage(count, Duration.ZERO, NO_POOL);
    }

    /** One standby, and a database in which this is known. */
    public static Stage withCatalog(SuspectNames suspects) throws Exception {
        return new Stage(1, Duration.ZERO, NO_POOL, suspects);
    }

    /** From now on this is known of the database, by the schemas in which a session looks for names. */
    public void publish(Function<Optional<SearchPath>, SuspectNames> next) {
        suspects = path -> Optional.of(next.apply(path));
    }

    /** From now on this is known of the database. */
    public void publish(SuspectNames next) {
        Optional<SuspectNames> known = Optional.of(next);
        suspects = path -> known;
    }

    /** One standby, and room for so much of what clients have pgrouter keep. */
    public static Stage withMemory(Memory memory) throws Exception {
        return new Stage(1, Duration.ZERO, NO_POOL, SuspectNames.NONE, memory, Optional.empty());
    }

    /** One standby, and pipes that are kept for the next session. */
    public static Stage withPool(int size) throws Exception {
        return withPool(new Pool(size, Duration.ofMinutes(10), Duration.ofMinutes(10)));
    }

    /** The same, where pipes are kept whose process answers as a new one: the servers are asked when a client logs in. */
    public static Stage withAskedPool(int size) throws Exception {
        Pool pool = new Pool(size, Duration.ofMinutes(10), Duration.ofMinutes(10));
        Memory memory = new Memory(Long.MAX_VALUE, () -> Long.MAX_VALUE);
        return new Stage(1, Duration.ZERO, pool, SuspectNames.NONE, memory, Optional.of(new NewProcesses()));
    }

    /** One standby, and pipes that are kept as this says. */
    public static Stage withPool(Pool pool) throws Exception {
        return new Stage(1, Duration.ZERO, pool);
    }

    /** The pipes that are kept at present. */
    public ServerPool serverPool() {
        return serverPool;
    }

    /** From now on pipes are kept as this says, but for the size. */
    public void pool(Pool next) {
        pool = next;
    }

    /** Opens the pipes of the sessions. */
    public Connector connector() {
        return connector;
    }

    /** The pipes of the sessions. */
    public OpenServers openServers() {
        return openServers;
    }

    /** What sessions that begin from now on run on the primary for a client that has left is soon cancelled. */
    public void graceIsShort() {
        grace = Duration.ofMillis(50);
    }

    /** All sessions. Nobody looks for those that say nothing. */
    public Sessions sessions() {
        return sessions;
    }

    /** One standby, and requests that wait for a primary. */
    public static Stage withPatience() throws Exception {
        return new Stage(1, Duration.ofSeconds(30), NO_POOL);
    }

    /** Sessions that begin from now on see these writes. */
    public void consistency(Consistency now) {
        Rules rules = settings.rules();
        settings.change(
                new Rules(now, rules.readWait(), rules.route(), rules.limits(), rules.slow()), settings.access());
    }

    /** Reads of sessions wait so long from now on. */
    public void readWait(ReadWait now) {
        Rules rules = settings.rules();
        settings.change(
                new Rules(rules.consistency(), now, rules.route(), rules.limits(), rules.slow()), settings.access());
    }

    /** Health, which answers as the story wants. */
    public ScriptedProbes probes() {
        return probes;
    }

    private String role(Address node) {
        return node.equals(backend(primary).address()) ? "primary" : "standby";
    }

    /** The nodes have answered that they are there now. */
    public void moveTo(Lsn primaryPosition, Lsn standbyPosition) {
        cluster.change(view -> view.at(backend(primary).address(), Role.PRIMARY, place(primaryPosition))
                .at(backend(standby()).address(), Role.STANDBY, place(standbyPosition)));
    }

    private static Node.Place place(Lsn position) {
        return new Node.Place(Optional.of(position), Optional.of(position), 1, System.nanoTime());
    }

    /** How long the first standby has lacked WAL. */
    public Duration behindFor() {
        return cluster.view().nodes().get(1).behindFor();
    }

    /** From now on this tells since when a node is up. */
    public void uptime(Uptime now) {
        uptime = now;
    }

    /** From now on there is room for no more than this. */
    public void capacity(Capacity now) {
        capacity = now;
    }

    /** Until this is run the thread of all sessions is busy with something else. */
    public static Runnable holdCarrier() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        AtomicBoolean released = new AtomicBoolean();
        CARRIERS.leastLoaded().start("busy", () -> {
            held.countDown();
            while (!released.get()) {
                Thread.onSpinWait();
            }
        });
        held.await();
        return () -> released.set(true);
    }

    /** From now on clients are offered the TLS of this block, whose files are those of {@link TlsFiles}. */
    public void offerTls(String block) throws Exception {
        tls = TlsFiles.contexts(block).server();
    }

    /** The standby was promoted: it is the primary of the next timeline. */
    public void publishPromotion(Lsn position) {
        cluster.publish(new ClusterView(List.of(Node.primary(backend(standby()), position, 2, System.nanoTime()))));
    }

    /** The primary does not answer any more, and the standby does. */
    public void publishLostPrimary(Lsn standbyPosition) {
        Node lost = Node.primary(backend(primary), START, 1, System.nanoTime()).unanswering("no answer");
        Node there = Node.standby(backend(standby()), Optional.of(standbyPosition), Optional.of(0L), System.nanoTime());
        cluster.publish(new ClusterView(List.of(lost, there)));
    }

    private static AuthDb authDb() throws Exception {
        Path file = Files.createTempFile("authdb", "");
        try {
            Files.writeString(
                    file, USER + " md5 " + Md5Password.hash(USER, PASSWORD) + "\nscram plain " + PASSWORD + "\n");
            return AuthDb.read(file);
        } finally {
            Files.delete(file);
        }
    }

    /** What health has found out just now. */
    public void publish(Lsn primaryPosition, Lsn standbyPosition) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.primary(backend(primary), primaryPosition, 1, System.nanoTime()));
        standbys.forEach(standby -> nodes.add(
                Node.standby(backend(standby), Optional.of(standbyPosition), Optional.of(0L), System.nanoTime())));
        cluster.publish(new ClusterView(nodes));
    }

    /** Health knows of no standby that could be read from. */
    public void publishPrimaryOnly(Lsn primaryPosition) {
        cluster.publish(
                new ClusterView(List.of(Node.primary(backend(primary), primaryPosition, 1, System.nanoTime()))));
    }

    /** The same, where a login at the primary may take so long. */
    public void publishPrimaryOnly(Lsn primaryPosition, Duration timeout) {
        Backend backend = new Backend(backend(primary).address(), BackendTls.OFF, 1000, 100, timeout);
        cluster.publish(new ClusterView(List.of(Node.primary(backend, primaryPosition, 1, System.nanoTime()))));
    }

    /** Health knows no node at all. */
    public void publishNothing() {
        cluster.publish(new ClusterView(List.of()));
    }

    public static Backend backend(FakePostgres server) {
        Address address = new Address.Host("127.0.0.1", server.port());
        return new Backend(address, BackendTls.OFF, 1000, 100, Duration.ofSeconds(5));
    }

    public FakePostgres primary() {
        return primary;
    }

    public FakePostgres standby() {
        return standbys.getFirst();
    }

    public List<FakePostgres> standbys() {
        return standbys;
    }

    public Metrics metrics() {
        return metrics;
    }

    /** The next pipe to the primary. */
    public Connection writer() throws InterruptedException {
        return keep(FakePostgres.next(writers));
    }

    /** The next pipe to any of the standbys. */
    public Connection reader() throws InterruptedException {
        return keep(FakePostgres.next(readers));
    }

    /** A client that has said nothing yet. */
    public FakeClient dial() throws IOException {
        return keep(FakeClient.dial(listener.port()));
    }

    /** A client that has logged in. */
    public FakeClient client() throws IOException {
        FakeClient client = dial();
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", USER, "database", "app"), PASSWORD);
        return client;
    }

    private <T extends Closeable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        primary.close();
        for (FakePostgres standby : standbys) {
            standby.close();
        }
        for (Closeable resource : opened) {
            resource.close();
        }
    }
}

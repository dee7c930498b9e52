package pgrouter.testing;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import pgrouter.backend.Connector;
import pgrouter.client.Capacity;
import pgrouter.client.Memory;
import pgrouter.cluster.AsynchronousCommits;
import pgrouter.cluster.AsynchronousCommits.Logins;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.Uptime;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Consistency;
import pgrouter.config.Pool;
import pgrouter.config.ReadWait;
import pgrouter.config.Transactions;
import pgrouter.metrics.Metrics;
import pgrouter.pool.NewProcesses;
import pgrouter.pool.ServerPool;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;
import pgrouter.session.OpenServers;
import pgrouter.session.Rules;
import pgrouter.session.Sessions;
import pgrouter.session.Settings;
import pgrouter.testing.FakePostgres.Connection;

/**
 * pgrouter's sessions between fakes: one primary, some standbys, and a loopback port for clients. As an extension it
 * opens before each test and closes after it. The user {@code app} has the password {@code app-secret} and logs in by
 * MD5; {@code scram} has the same, and does so by SCRAM. The first process id on the primary is 1000, on the standbys
 * 2000, 3000 and so on.
 */
public final class Stage implements BeforeEachCallback, AfterEachCallback, Closeable {
    public static final String USER = "app";
    public static final String PASSWORD = "app-secret";

    private static final Lsn START = new Lsn(1000);

    private final int standbyCount;
    private final BlockingQueue<Connection> writers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Connection> readers = new LinkedBlockingQueue<>();
    private final Cluster cluster = new Cluster(List.of());
    private final ScriptedProbes probes = new ScriptedProbes(this::role, this::answerAgain);
    private final Settings settings = StageOptions.settings();
    private final StageOptions options = new StageOptions();
    private final List<FakePostgres> standbys = new ArrayList<>();
    private final List<Closeable> opened = new ArrayList<>();
    private FakePostgres primary;
    private StageRouter router;

    private Stage(int standbyCount) {
        this.standbyCount = standbyCount;
    }

    /** A stage that opens before each test where it is an extension, else by {@link #open}. */
    public static Stage with(int standbys) {
        return new Stage(standbys);
    }

    /** Keeps so many server connections for the next session. The number counts when the stage opens. */
    public Stage pool(int size) {
        return pool(new Pool(size, Duration.ofMinutes(10), Duration.ofMinutes(10)));
    }

    /** Keeps server connections as this says. The size counts when the stage opens. */
    public Stage pool(Pool next) {
        options.pool = next;
        return this;
    }

    /** Keeps the server connections whose process answers as a new one: the servers are asked when a client logs in. Before it opens. */
    public Stage asksProcesses() {
        options.processes = Optional.of(new NewProcesses());
        return this;
    }

    /** Has room for so much of what clients have pgrouter keep. Before it opens. */
    public Stage memory(Memory memory) {
        options.memory = memory;
        return this;
    }

    /** This is known of the database. */
    public Stage suspects(SuspectNames next) {
        options.suspects = StageOptions.always(next);
        return this;
    }

    /** This is known of the database, by the schemas in which a session looks for names. */
    public Stage suspects(Function<Optional<SearchPath>, SuspectNames> next) {
        options.suspects = path -> Optional.of(next.apply(path));
        return this;
    }

    /** Requests wait so long for a primary. */
    public Stage failover(Duration now) {
        Rules rules = settings.rules();
        return change(new Rules(
                rules.consistency(),
                rules.readWait(),
                rules.transactions(),
                rules.route(),
                StageOptions.limits(now),
                rules.slow()));
    }

    /** Sessions that begin from now on see these writes. */
    public Stage consistency(Consistency now) {
        Rules rules = settings.rules();
        return change(
                new Rules(now, rules.readWait(), rules.transactions(), rules.route(), rules.limits(), rules.slow()));
    }

    /** Reads of sessions wait so long from now on. */
    public Stage readWait(ReadWait now) {
        Rules rules = settings.rules();
        return change(
                new Rules(rules.consistency(), now, rules.transactions(), rules.route(), rules.limits(), rules.slow()));
    }

    /** Transactions of sessions that begin from now on begin there. */
    public Stage transactions(Transactions now) {
        Rules rules = settings.rules();
        return change(
                new Rules(rules.consistency(), rules.readWait(), now, rules.route(), rules.limits(), rules.slow()));
    }

    private Stage change(Rules now) {
        settings.change(now, settings.access());
        return this;
    }

    /** What sessions that begin from now on run on the primary for a client that has left is soon cancelled. */
    public Stage graceIsShort() {
        options.grace = Duration.ofMillis(50);
        return this;
    }

    /** From now on this tells since when a node is up. */
    public Stage uptime(Uptime now) {
        options.uptime = now;
        return this;
    }

    /** From now on there is room for no more than this. */
    public Stage capacity(Capacity now) {
        options.capacity = now;
        return this;
    }

    /** From now on clients are offered the TLS of this block, whose files are those of {@link TlsFiles}. */
    public Stage offerTls(String block) throws Exception {
        options.tls = TlsFiles.contexts(block).server();
        return this;
    }

    /** Starts the fakes and lets clients in. */
    public Stage open() throws IOException {
        primary = keep(FakePostgres.start(writers, 1000));
        for (int i = 0; i < standbyCount; i++) {
            standbys.add(keep(FakePostgres.start(readers, 2000 + 1000 * i)));
        }
        publish(START, START);
        router = new StageRouter(options, settings, cluster, probes);
        opened.addFirst(router);
        router.start();
        return this;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        open();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        close();
    }

    /** The server connections that are kept at present. */
    public ServerPool serverPool() {
        return router.serverPool();
    }

    /** Opens the server connections of the sessions. */
    public Connector connector() {
        return router.connector();
    }

    /** The server connections of the sessions. */
    public OpenServers openServers() {
        return router.openServers();
    }

    /** All sessions. Nobody looks for those that say nothing. */
    public Sessions sessions() {
        return router.sessions();
    }

    public Metrics metrics() {
        return router.metrics();
    }

    public Memory memory() {
        return options.memory;
    }

    /** Health, which answers as the story wants. */
    public ScriptedProbes probes() {
        return probes;
    }

    /** @return false for the primary, which answers only where the story says so */
    private boolean answerAgain(Address address) {
        Optional<Lsn> position = cluster.view()
                .node(address)
                .filter(node -> node.role() == Role.STANDBY)
                .flatMap(Node::position);
        position.ifPresent(there -> cluster.change(view -> view.at(address, Role.STANDBY, place(there))));
        return position.isPresent();
    }

    private String role(Address node) {
        return node.equals(backend(primary).address()) ? "primary" : "standby";
    }

    /** Until this is run the thread of all sessions is busy with something else. */
    public static Runnable holdCarrier() throws InterruptedException {
        return StageRouter.holdCarrier();
    }

    /** The nodes have answered that they are there now. */
    public void moveTo(Lsn primaryPosition, Lsn standbyPosition) {
        moveTo(primaryPosition, primaryPosition, false, standbyPosition);
    }

    /**
     * The same where the primary has inserted more than it has flushed.
     *
     * @param asynchronous whether its settings let it acknowledge commits before it has flushed them
     */
    public void moveTo(Lsn flushed, Lsn inserted, boolean asynchronous, Lsn standbyPosition) {
        long now = System.nanoTime();
        Node.Place place = new Node.Place(
                Optional.of(flushed),
                Optional.of(inserted),
                1,
                now,
                Optional.of(AsynchronousCommits.told(
                        asynchronous, Optional.of(new Logins(false, now)), flushed, inserted, now, now)));
        cluster.change(view -> view.at(backend(primary).address(), Role.PRIMARY, place)
                .at(backend(standby()).address(), Role.STANDBY, place(standbyPosition)));
    }

    private static Node.Place place(Lsn position) {
        return new Node.Place(Optional.of(position), Optional.of(position), 1, System.nanoTime());
    }

    /** How long the first standby has lacked WAL. */
    public Duration behindFor() {
        return cluster.view().nodes().get(1).behindFor();
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

    /** The primary does not answer any more; the other nodes are where they were. */
    public void losePrimary() {
        cluster.change(view -> view.failed(backend(primary).address(), node -> node.unanswering("no answer")));
    }

    /** An administrator wants no new reads on the standbys. */
    public void drainStandbys() {
        standbys.forEach(
                standby -> cluster.change(view -> view.drained(backend(standby).address(), true)));
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

    /** The next connection to the primary. */
    public Connection writer() throws InterruptedException {
        return keep(FakePostgres.next(writers));
    }

    /** The next connection to any of the standbys. */
    public Connection reader() throws InterruptedException {
        return keep(FakePostgres.next(readers));
    }

    /**
     * What {@code SHOW pgrouter.last_route} shows a client: pgrouter sets its settings on the server, which then shows
     * them.
     */
    public String lastRoute(FakeClient client, Connection writer) throws Exception {
        client.send(Frontend.query("SHOW pgrouter.last_route"));
        String set = new String(writer.read().body(), StandardCharsets.UTF_8);
        writer.send(Server.row(""));
        writer.answer("SHOW pgrouter.last_route", Server.row("x"));
        client.reply();
        return set.replaceFirst("(?s).*'pgrouter\\.last_route', *E?'((?:[^']|'')*)'.*", "$1")
                .replace("''", "'");
    }

    /** A client that has said nothing yet. */
    public FakeClient dial() throws IOException {
        return keep(FakeClient.dial(router.port()));
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
        for (Closeable resource : opened) {
            resource.close();
        }
    }
}

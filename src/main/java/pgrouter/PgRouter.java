package pgrouter;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import pgrouter.auth.Users;
import pgrouter.backend.Connector;
import pgrouter.catalog.DatabaseCatalogs;
import pgrouter.catalog.StoredPasswords;
import pgrouter.client.Access;
import pgrouter.client.Capacity;
import pgrouter.client.FailedLogins;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Writes;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.health.Logins;
import pgrouter.health.Supervisor;
import pgrouter.health.Uptimes;
import pgrouter.http.Facts;
import pgrouter.http.StatusServer;
import pgrouter.http.Visitors;
import pgrouter.log.Log;
import pgrouter.log.Seldom;
import pgrouter.metrics.Metrics;
import pgrouter.monitor.Monitor;
import pgrouter.net.Carrier;
import pgrouter.net.Carriers;
import pgrouter.net.Listener;
import pgrouter.net.Wire;
import pgrouter.pool.NewProcesses;
import pgrouter.pool.ServerPool;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LastWrite;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReaderChoice;
import pgrouter.routing.Router;
import pgrouter.routing.TransactionShapes;
import pgrouter.session.CancelRegistry;
import pgrouter.session.OpenServers;
import pgrouter.session.ReplayTimes;
import pgrouter.session.Rules;
import pgrouter.session.Services;
import pgrouter.session.Session;
import pgrouter.session.Sessions;
import pgrouter.session.Settings;
import pgrouter.tls.TlsContexts;
import pgrouter.tls.TlsServer;

/** All parts of pgrouter, wired: listeners, sessions, health and monitor. */
final class PgRouter implements AutoCloseable {
    private static final Log LOG = Log.of("pgrouter");

    /**
     * The interval of messages about connections that could not be accepted: without descriptors, each one would
     * cause a message.
     */
    private static final Duration COMPLAINTS = Duration.ofSeconds(10);

    private final Sockets sockets;
    private final Requests requests;

    /** A reload changes it, and other threads read it. */
    private volatile Config config;

    /** The TLS that clients over TCP are offered from now on. */
    private volatile Optional<TlsServer> tls = Optional.empty();

    private final Capacity.Means means = Capacity.Means.now();

    /** A reload changes it. */
    private volatile Capacity capacity;

    private Settings settings;
    private Connector connector;
    private Supervisor supervisor;
    private StoredPasswords storedPasswords;
    private Sessions sessions;
    private ServerPool serverPool;
    private final Instant started = Instant.now();

    private PgRouter(Sockets sockets, Requests requests) {
        this.sockets = sockets;
        this.requests = requests;
    }

    /**
     * Looks at the backends once, and serves from then on, on threads of its own.
     *
     * @param requests through which the console reaches what is outside of this class
     * @throws IOException when the system has no sockets or threads left
     */
    static PgRouter start(ConfiguredFiles files, Sockets sockets, Requests requests)
            throws IOException, InterruptedException {
        PgRouter router = new PgRouter(sockets, requests);
        try {
            router.run(files);
            return router;
        } catch (IOException | InterruptedException | RuntimeException e) {
            router.close();
            throw e;
        }
    }

    private void run(ConfiguredFiles files) throws IOException, InterruptedException {
        config = files.config();
        Metrics metrics = new Metrics();
        Cluster cluster = new Cluster(config.live().backends());
        connector = new Connector();
        secureWith(files.tls());
        Carriers carriers = carriers(config.fixed().workers());
        Carrier health = carriers.apart("health");
        carriers.free(LOG::error);
        if (Log.isDebugging()) {
            carriers.watch(line -> LOG.debug(() -> line));
        }
        serverPool = new ServerPool(() -> config.live().pool(), Optional.of(new NewProcesses()));
        serverPool.watch(cluster);
        Logins logins = new Logins(() -> config.live().pool().size() > 0, serverPool::clear);
        supervisor = new Supervisor(
                cluster, connector, config.live().health(), config.live().backends(), metrics, logins, health);
        supervisor.round();
        supervisor.start();

        Router router =
                new Router(new ReaderChoice(() -> ThreadLocalRandom.current().nextLong()));
        storedPasswords =
                new StoredPasswords(cluster, connector, () -> config.live().health());
        settings = new Settings(rules(config), access(files));
        capacity = capacity(config.live());
        sessions = new Sessions(settings, () -> capacity);
        sessions.watch();
        OpenServers openServers = new OpenServers(cluster, () -> OpenServers.GRACE);
        openServers.watch(supervisor);
        LearnedRefusals learned = new LearnedRefusals(System::nanoTime);
        TransactionShapes shapes = new TransactionShapes(System::nanoTime);
        Catalogs catalogs = DatabaseCatalogs.of(
                cluster, connector, () -> config.live().health(), config.fixed().route());
        serverPool.makeRoomWith(catalogs::makeRoom);
        Writes writes = new Writes();
        Services services = new Services(
                settings,
                cluster,
                supervisor,
                new Uptimes(connector, () -> config.live().health()),
                writes,
                LastWrite.of(writes, cluster),
                new ReplayTimes.OfNodes(),
                router,
                learned,
                shapes,
                catalogs,
                connector,
                metrics,
                new CancelRegistry(),
                sessions,
                new FailedLogins(System::nanoTime),
                openServers,
                serverPool,
                new Administration(
                        () -> config,
                        requests,
                        started,
                        cluster,
                        metrics,
                        learned,
                        shapes,
                        sessions,
                        openServers,
                        serverPool));
        Monitor monitor = new Monitor(cluster, config.fixed().workers(), metrics, learned::size);
        sockets.clients()
                .forEach((address, listener) -> serve(
                        listener,
                        sessions.startups()::hasRoom,
                        carriers,
                        (wire, carrier) -> new Session(services, wire, carrier, offered(address)).start()));
        serve(sockets.monitor(), () -> true, Carriers.jdk(), monitor::accept);
        if (sockets.http().isPresent()) {
            Facts facts = new Facts(
                    Main.version(),
                    started,
                    config.fixed().workers(),
                    carriers.threads(),
                    cluster,
                    metrics,
                    learned,
                    openServers::count,
                    serverPool::size);
            Visitors visitors = new Visitors(
                    () -> config.live().httpUsers(), () -> settings.access().users(), System::nanoTime);
            StatusServer.start(sockets.http().get(), facts, visitors);
        }
        LOG.info("ready: clients on " + config.fixed().listen() + ", monitor on "
                + config.fixed().monitor());
        if (cluster.view().primary().isEmpty()) {
            LOG.warn("no backend answers as primary: what is for it waits until one does; pgrouter --probe says what is"
                    + " wrong");
        }
    }

    private static Carriers carriers(int count) throws IOException {
        Carriers carriers = Carriers.start(count);
        if (!carriers.runThreads()) {
            LOG.info("this Java has no place for schedulers of virtual threads: pgrouter runs on its default one, and"
                    + " slower");
        }
        return carriers;
    }

    /** A Unix-domain socket has no TLS, as in PostgreSQL. */
    private Optional<TlsServer> offered(Address address) {
        return address instanceof Address.Directory ? Optional.empty() : tls;
    }

    /** Open connections keep the TLS with which they have begun. */
    private void secureWith(TlsContexts contexts) {
        tls = contexts.server();
        connector.secureWith(contexts.clients());
    }

    private static void serve(
            Listener listener, BooleanSupplier hasRoom, Carriers carriers, BiConsumer<Wire, Carrier> consumer) {
        Seldom complaints = new Seldom(COMPLAINTS);
        listener.start(hasRoom, carriers, consumer, e -> {
            if (complaints.isDue()) {
                LOG.warn("a connection could not be accepted: " + e.getMessage());
            }
        });
    }

    private Capacity capacity(Config.Live next) {
        int servers = Math.min(2, next.backends().size());
        return Capacity.of(means, servers, next.pool().size() * next.backends().size());
    }

    private Access access(ConfiguredFiles files) {
        return new Access(users(files), files.hba());
    }

    private Users users(ConfiguredFiles files) {
        Optional<String> query = files.config().live().users().query();
        storedPasswords.change(query);
        return query.isPresent() ? new Users(files.authDb(), storedPasswords) : new Users(files.authDb());
    }

    private static Rules rules(Config config) {
        return new Rules(
                config.live().consistency(),
                config.live().readWait(),
                config.live().transactions(),
                config.fixed().route(),
                config.live().limits(),
                config.live().log().slow());
    }

    /**
     * Uses another configuration from now on, as far as that can be done; a line of the log names the rest. Sessions
     * on a backend that is gone move to another when they can.
     */
    void reload(ConfiguredFiles files) {
        Config next = files.config();
        List<String> fixed = config.needsRestart(next);
        if (!fixed.isEmpty()) {
            LOG.warn("reloaded, but for what needs a restart: " + String.join(", ", fixed));
        }
        config = config.reloaded(next);
        capacity = capacity(config.live());
        settings.change(rules(config), access(files));
        serverPool.clear();
        secureWith(files.tls());
        supervisor.change(next.live().health(), next.live().backends());
        LOG.info("reloaded");
    }

    /**
     * Stops listening, and ends the sessions as soon as nothing of them is under way, but within the configured time.
     */
    void end() throws InterruptedException {
        close();
        if (!sessions.end(config.live().limits().shutdown())) {
            LOG.warn("the time for the shutdown is over: what is still under way ends now");
        }
        supervisor.close();
    }

    /** Stops listening. The requests under way end with the process. */
    @Override
    public void close() {
        sockets.close();
    }
}

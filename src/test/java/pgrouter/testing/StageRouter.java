package pgrouter.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import pgrouter.backend.Connector;
import pgrouter.client.FailedLogins;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Probes;
import pgrouter.cluster.Writes;
import pgrouter.metrics.Metrics;
import pgrouter.net.Carriers;
import pgrouter.net.Listener;
import pgrouter.pool.ServerPool;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LastWrite;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReaderChoice;
import pgrouter.routing.Router;
import pgrouter.routing.TransactionShapes;
import pgrouter.session.CancelRegistry;
import pgrouter.session.Console;
import pgrouter.session.OpenServers;
import pgrouter.session.ReplayTimes;
import pgrouter.session.Services;
import pgrouter.session.Session;
import pgrouter.session.Sessions;
import pgrouter.session.Settings;

/** pgrouter on a stage: the services that its sessions share, and a loopback port for clients. One thread runs all sessions of all stages. */
final class StageRouter implements Closeable {
    private static final Carriers CARRIERS = carriers();

    private final StageOptions options;
    private final Settings settings;
    private final Cluster cluster;
    private final Probes probes;
    private final Metrics metrics = new Metrics();
    private final Connector connector = new Connector();
    private final Sessions sessions;
    private final OpenServers openServers;
    private final ServerPool serverPool;
    private final Listener listener;

    StageRouter(StageOptions options, Settings settings, Cluster cluster, Probes probes) throws IOException {
        this.options = options;
        this.settings = settings;
        this.cluster = cluster;
        this.probes = probes;
        this.sessions = new Sessions(settings, () -> options.capacity, options.memory);
        this.serverPool = new ServerPool(() -> options.pool, options.processes);
        this.openServers = new OpenServers(cluster, () -> options.grace);
        this.listener = Listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Carriers carriers() {
        try {
            return Carriers.start(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets clients in. */
    void start() {
        serverPool.watch(cluster);
        Services services = services();
        listener.start(
                sessions.startups()::hasRoom,
                CARRIERS,
                (wire, carrier) -> new Session(services, wire, carrier, options.tls).start(),
                failure -> {});
    }

    private Services services() {
        Writes writes = new Writes();
        return new Services(
                settings,
                cluster,
                probes,
                backend -> options.uptime.since(backend),
                writes,
                LastWrite.of(writes, cluster),
                new ReplayTimes.OfNodes(),
                new Router(new ReaderChoice(new Random(1))),
                new LearnedRefusals(System::nanoTime),
                new TransactionShapes(System::nanoTime),
                Catalogs.always(path -> options.suspects.apply(path)),
                connector,
                metrics,
                new CancelRegistry(),
                sessions,
                new FailedLogins(System::nanoTime),
                openServers,
                serverPool,
                Console.NONE);
    }

    /** Keeps the thread of all sessions busy until the result is run. */
    static Runnable holdCarrier() throws InterruptedException {
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

    int port() throws IOException {
        return listener.port();
    }

    Metrics metrics() {
        return metrics;
    }

    Connector connector() {
        return connector;
    }

    Sessions sessions() {
        return sessions;
    }

    OpenServers openServers() {
        return openServers;
    }

    ServerPool serverPool() {
        return serverPool;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

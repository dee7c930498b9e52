package pgrouter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import pgrouter.auth.AuthDb;
import pgrouter.backend.Connector;
import pgrouter.catalog.DatabaseCatalogs;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Writes;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.health.LsnClock;
import pgrouter.health.Supervisor;
import pgrouter.log.Log;
import pgrouter.metrics.Metrics;
import pgrouter.monitor.Monitor;
import pgrouter.net.Listener;
import pgrouter.net.Wire;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ReaderChoice;
import pgrouter.routing.Router;
import pgrouter.session.CancelRegistry;
import pgrouter.session.Rules;
import pgrouter.session.Services;
import pgrouter.session.Session;

/** The whole of pgrouter, wired: listeners, sessions, health and monitor. */
final class PgRouter implements AutoCloseable {
    private static final Log LOG = Log.of("pgrouter");

    private final List<Listener> listeners = new ArrayList<>();

    private PgRouter() {}

    /**
     * Listens, looks at the backends once, and serves from then on, on threads of its own.
     *
     * @throws IOException when an address cannot be listened on; it names the address
     */
    static PgRouter start(Config config, AuthDb authDb) throws IOException, InterruptedException {
        PgRouter router = new PgRouter();
        try {
            router.run(config, authDb);
            return router;
        } catch (IOException | InterruptedException | RuntimeException e) {
            router.close();
            throw e;
        }
    }

    private void run(Config config, AuthDb authDb) throws IOException, InterruptedException {
        List<Listener> forClients = new ArrayList<>();
        for (Address address : config.listen()) {
            forClients.add(bind(address));
        }
        Listener forMonitor = bind(config.monitor());

        Metrics metrics = new Metrics();
        Cluster cluster = new Cluster(config.backends());
        Connector connector = new Connector();
        Supervisor supervisor = new Supervisor(cluster, connector, config.health(), config.backends());
        supervisor.round();
        supervisor.start();

        Router router = new Router(new ReaderChoice(RandomGenerator.of("SecureRandom")));
        LsnClock clock = new LsnClock(cluster, connector, config.health(), config.backends(), metrics);
        clock.start();
        LearnedRefusals learned = new LearnedRefusals(System::nanoTime);
        Services services = new Services(
                authDb,
                cluster,
                clock,
                new Writes(),
                router,
                new Rules(config.consistency(), config.readWait(), config.route()),
                learned,
                DatabaseCatalogs.of(cluster, connector, config.health(), config.route()),
                connector,
                metrics,
                new CancelRegistry());
        Monitor monitor = new Monitor(cluster, config.workers(), metrics, learned::size);
        forClients.forEach(listener -> serve(listener, wire -> new Session(services, wire).start()));
        serve(forMonitor, monitor::accept);
        LOG.info("ready: clients on " + config.listen() + ", monitor on " + config.monitor());
        if (cluster.view().primary().isEmpty()) {
            LOG.warn("no backend answers as primary: clients are refused until one does");
        }
    }

    private Listener bind(Address address) throws IOException {
        try {
            Listener listener = switch (address) {
                case Address.Any any -> Listener.bind(new InetSocketAddress(any.port()));
                case Address.Host host -> Listener.bind(new InetSocketAddress(host.name(), host.port()));
                case Address.Directory directory -> Listener.bind(directory.path(), directory.port());
            };
            listeners.add(listener);
            return listener;
        } catch (IOException | UnresolvedAddressException e) {
            throw new IOException("cannot listen on " + address + ": " + reason(address, e), e);
        }
    }

    private static String reason(Address address, Exception e) {
        if (address instanceof Address.Directory(Path path, int port) && !Files.isDirectory(path)) {
            return "there is no such directory";
        }
        return e.getMessage() == null ? "the name is not known" : e.getMessage();
    }

    private static void serve(Listener listener, Consumer<Wire> consumer) {
        listener.start(consumer, e -> LOG.error("a connection could not be accepted: " + e.getMessage()));
    }

    /** Stops listening. What is under way ends with the process. */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
    }
}

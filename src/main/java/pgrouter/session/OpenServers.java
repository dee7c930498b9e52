package pgrouter.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import pgrouter.backend.ServerFacts;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.log.Log;
import pgrouter.net.Repeating;

/**
 * The server connections of all sessions, by backend. Those on which nothing will come any more are closed, so that
 * no thread waits for them. These are the connections to a primary that was replaced, for it may be frozen and never
 * say so. Where a node does not answer at all, the connections that are read from are closed too, since another node
 * can answer a read. A node that answers gets the time that a query takes. Any thread.
 */
public final class OpenServers {
    private static final Log LOG = Log.of("session");

    /**
     * The interval between two looks for requests that are not answered. A client that leaves is noticed from the
     * second look on.
     */
    private static final Duration LOOK = Duration.ofMillis(100);

    /** The time for which the primary may run what a client has sent before it left. */
    public static final Duration GRACE = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Supplier<Duration> grace;
    private final Map<Address, Set<Relay>> servers = new ConcurrentHashMap<>();

    /** @param grace {@link #GRACE}, but for tests */
    public OpenServers(Cluster cluster, Supplier<Duration> grace) {
        this.cluster = cluster;
        this.grace = grace;
        cluster.watch(this::heed);
    }

    /** Starts to look for requests that wait, on a virtual thread, for the life of the process. */
    public void watch(Probes probes) {
        Repeating.start(
                "silence",
                LOOK,
                () -> look(probes),
                fault -> LOG.error("requests that wait could not be looked after: " + fault));
    }

    /** How many sessions have a connection to this backend. */
    public int count(Address backend) {
        return servers.getOrDefault(backend, Set.of()).size();
    }

    /** How many connections have a thread of their own. */
    long awake() {
        return servers.values().stream()
                .flatMap(Set::stream)
                .filter(Relay::isAwake)
                .count();
    }

    /** The state of each connection, in the order of their clients. */
    public List<ServerFacts> facts() {
        return servers.values().stream()
                .flatMap(Set::stream)
                .map(Relay::facts)
                .sorted(Comparator.comparingLong(ServerFacts::client).thenComparing(ServerFacts::isWriter))
                .toList();
    }

    Duration grace() {
        return grace.get();
    }

    void add(Relay relay) {
        servers.computeIfAbsent(Servers.address(relay), address -> ConcurrentHashMap.newKeySet())
                .add(relay);
        heed(cluster.view());
    }

    void remove(Relay relay) {
        servers.computeIfPresent(Servers.address(relay), (address, there) -> {
            there.remove(relay);
            return there.isEmpty() ? null : there;
        });
    }

    private void heed(ClusterView view) {
        for (Node node : view.nodes()) {
            Address address = node.backend().address();
            if (view.isSuperseded(address)) {
                servers.getOrDefault(address, Set.of()).forEach(Relay::cut);
            } else if (node.isSilent()) {
                servers.getOrDefault(address, Set.of()).stream()
                        .filter(relay -> !relay.isWriter())
                        .forEach(Relay::cut);
            }
        }
    }

    /** A long request says nothing of its node, but is a reason to probe it: a frozen node does not answer the probe either. */
    private void look(Probes probes) {
        if (look()) {
            probes.probeNow();
        }
    }

    /**
     * Starts to watch the clients whose requests wait since the last look. One thread at a time.
     *
     * @return whether there is such a request
     */
    boolean look() {
        boolean waiting = false;
        for (Set<Relay> some : servers.values()) {
            for (Relay relay : some) {
                if (relay.isWaitingSinceLastLook()) {
                    waiting = true;
                    relay.lasts();
                }
            }
        }
        return waiting;
    }
}

package pgrouter.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import pgrouter.backend.ServerConnection;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.config.Pool;
import pgrouter.log.Log;
import pgrouter.net.Repeating;

/**
 * Server connections that sessions have left as new, for the next session of the same login, which need not dial and
 * authenticate again. A connection is dropped when it has sent something since or has ended, when its node has
 * another role now, or when its login is too old or no longer valid. Any thread.
 */
public final class ServerPool {
    private static final Log LOG = Log.of("pool");

    /** The interval between two looks for connections whose time is over. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /**
     * How long a statement waits until no other session is connected to its database: PostgreSQL looks every 100 ms
     * ({@code CountOtherDBBackends} in procarray.c).
     */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<Pool> settings;
    private final Optional<NewProcesses> processes;
    private final ReentrantLock lock = new ReentrantLock();
    private final ValidLogins valid = new ValidLogins();

    /** Makes other parts of pgrouter let go of a database too. */
    private volatile Consumer<Duration> others = time -> {};

    private volatile long changedAt = System.nanoTime();

    /** In the order of the time at which they were kept, the newest first. Guarded by lock. */
    private final Deque<Kept> kept = new ArrayDeque<>();

    private record Kept(ServerConnection connection, PoolKey key, Role role, long since) {
        Address address() {
            return connection.backend().address();
        }
    }

    /** @param processes tells whether a process is as new; empty where DISCARD ALL is supposed to undo all */
    public ServerPool(Supplier<Pool> settings, Optional<NewProcesses> processes) {
        this.settings = settings;
        this.processes = processes;
    }

    /** Starts to look for connections whose time is over, on a virtual thread, and to follow the changes of the cluster. */
    public void watch(Cluster cluster) {
        cluster.watch(this::heed);
        Repeating.start(
                "pool", LOOK, this::look, fault -> LOG.error("kept connections could not be looked after: " + fault));
    }

    /** The number of kept connections. */
    public int size() {
        lock.lock();
        try {
            return kept.size();
        } finally {
            lock.unlock();
        }
    }

    /** The number of kept connections to this backend. */
    public int count(Address backend) {
        lock.lock();
        try {
            return (int)
                    kept.stream().filter(each -> each.address().equals(backend)).count();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the most recently used connection to this node, but not one whose TLS differs from the configuration of
     * the node since a reload.
     */
    public Optional<ServerConnection> take(Node node, PoolKey key) {
        Predicate<Kept> fits = each -> each.address().equals(node.backend().address())
                && each.connection().backend().tls().equals(node.backend().tls())
                && each.role() == node.role()
                && each.key().equals(key);
        for (Optional<Kept> next = remove(fits); next.isPresent(); next = remove(fits)) {
            ServerConnection connection = next.get().connection();
            if (!isRecent(connection)) {
                connection.terminate();
            } else if (connection.isQuiet()) {
                return Optional.of(connection.renewed());
            } else {
                connection.close();
            }
        }
        return Optional.empty();
    }

    private Optional<Kept> remove(Predicate<Kept> fits) {
        lock.lock();
        try {
            Iterator<Kept> all = kept.iterator();
            while (all.hasNext()) {
                Kept next = all.next();
                if (fits.test(next)) {
                    all.remove();
                    return Optional.of(next);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks a connection that was just opened and has served no session for the state of a new process, if that is not
     * known yet. Waits for the answer. Only on the thread that owns the connection.
     */
    public void opened(ServerConnection connection, Map<String, String> parameters) throws IOException {
        if (processes.isPresent() && !parameters.containsKey("replication")) {
            processes.get().learn(connection, parameters);
            connection.looksIn(processes.get().path(connection, parameters));
        }
    }

    /** When roles, databases or a configuration were changed last, as far as is known: {@link System#nanoTime()}. */
    public long changedAt() {
        return changedAt;
    }

    /** The question that shows whether a process is as new, asked after DISCARD ALL. */
    public Optional<String> question(ServerConnection connection) {
        return processes.map(asked -> NewProcesses.question(connection));
    }

    /**
     * Whether the process of a connection that a session leaves is as one that has served no session.
     *
     * @param answer to the question, as rows
     */
    public boolean isAsNew(ServerConnection connection, PoolKey key, List<List<Optional<String>>> answer) {
        return processes
                .filter(known -> !known.isAsNew(connection, key.parameters(), answer))
                .isEmpty();
    }

    /** Whether a connection can be kept: its login is still valid and is recent enough. */
    public boolean accepts(ServerConnection connection) {
        lock.lock();
        try {
            return settings.get().size() > 0 && isRecent(connection) && holds(connection);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRecent(ServerConnection connection) {
        return System.nanoTime() - connection.begunAt() < settings.get().age().toNanos();
    }

    /** Guarded by lock. */
    private boolean holds(ServerConnection connection) {
        return valid.holds(connection.backend().address(), connection.begunAt());
    }

    /**
     * Keeps a connection that is as new, and that no thread reads from. Where the pool is full, the connection that
     * was kept longest ends. A connection whose login is not valid any more ends, too.
     *
     * @param role of its node, as the session that leaves it knew it
     */
    public void keep(ServerConnection connection, PoolKey key, Role role) {
        Kept another = new Kept(connection, key, role, System.nanoTime());
        List<Kept> surplus;
        lock.lock();
        try {
            if (holds(connection)) {
                kept.addFirst(another);
                surplus = surplus(another.address(), settings.get().size());
                kept.removeAll(surplus);
            } else {
                surplus = List.of(another);
            }
        } finally {
            lock.unlock();
        }
        surplus.forEach(each -> each.connection().terminate());
    }

    /** Guarded by lock. */
    private List<Kept> surplus(Address address, int most) {
        return kept.stream()
                .filter(each -> each.address().equals(address))
                .skip(most)
                .toList();
    }

    /**
     * Ends all kept connections: a password or the right to log in may have changed. Connections that sessions have
     * now are not kept later.
     */
    public void clear() {
        changed();
        drop(each -> true, () -> valid.begin(System.nanoTime()));
    }

    private void changed() {
        changedAt = System.nanoTime();
        processes.ifPresent(NewProcesses::forget);
    }

    /** The same for one backend: its roles, its databases or their settings have changed. */
    public void clear(Address backend) {
        changed();
        drop(each -> each.address().equals(backend), () -> valid.beginAt(backend, System.nanoTime()));
    }

    /**
     * Makes room for a statement that needs a database for itself and is about to be sent. All kept connections end,
     * and none is kept as long as the statement may wait. Must not wait for the server.
     */
    public void makeRoom() {
        drop(each -> true, () -> valid.begin(System.nanoTime() + PATIENCE.toNanos()));
        others.accept(PATIENCE);
    }

    /** @param others lets go of all other connections to databases in which no session works, for this long */
    public void makeRoomWith(Consumer<Duration> others) {
        this.others = others;
    }

    private void heed(ClusterView view) {
        drop(each -> view.node(each.address())
                .filter(node -> isSame(node, each, view))
                .isEmpty());
    }

    private static boolean isSame(Node node, Kept each, ClusterView view) {
        return node.role() == each.role() && !node.isSilent() && !view.isSuperseded(each.address());
    }

    private void look() {
        long oldest = System.nanoTime() - settings.get().idle().toNanos();
        drop(each -> each.since() - oldest < 0 || !isRecent(each.connection()));
    }

    private void drop(Predicate<Kept> which) {
        drop(which, () -> {});
    }

    /** @param first runs with the lock before any connection is dropped: nothing is kept in between */
    private void drop(Predicate<Kept> which, Runnable first) {
        List<Kept> dropped = new ArrayList<>();
        lock.lock();
        try {
            first.run();
            kept.removeIf(each -> which.test(each) && dropped.add(each));
        } finally {
            lock.unlock();
        }
        dropped.forEach(each -> each.connection().terminate());
    }
}

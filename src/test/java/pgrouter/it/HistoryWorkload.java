package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.history.Anomaly;
import pgrouter.testing.history.Checker;
import pgrouter.testing.history.History;
import pgrouter.testing.history.Key;
import pgrouter.testing.history.Transaction;
import pgrouter.testing.history.Transaction.Outcome;

/**
 * Clients that read, append to lists, write registers and move money, in READ COMMITTED and REPEATABLE READ, and remember all of it. They go on
 * after an error, on a new connection where the old one is gone.
 */
final class HistoryWorkload implements AutoCloseable {
    private static final int CLIENTS = 8;
    private static final int KEYS = 2000;

    /** A list does not grow longer than some times this. */
    private static final int ELEMENTS_A_KEY = 40;

    private static final long MONEY = 1000L * HistoryClient.ACCOUNTS;

    /** So many transactions do not take longer than anything is waited for. */
    private static final int PART = 200;

    private static final long PAUSE_NANOS = 20_000_000;

    /** Conflicts, and what an application is told while nodes fail. */
    private static final Set<String> FORESEEN =
            Set.of("40001", "40P01", "57P01", "57P02", "57P03", "08001", "08006", "08007");

    private final Source source;
    private final boolean routed;
    private final Queue<Transaction> transactions = new ConcurrentLinkedQueue<>();
    private final AtomicLong committed = new AtomicLong();
    private final AtomicInteger elements = new AtomicInteger();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    /** Logs a client in. */
    interface Source {
        Connection connect() throws SQLException;
    }

    private HistoryWorkload(Source source, boolean routed) {
        this.source = source;
        this.routed = routed;
    }

    /**
     * Makes the tables on node 1. Nobody works yet.
     *
     * @param routed whether the source is pgrouter
     */
    static HistoryWorkload on(PostgresCluster cluster, Source source, boolean routed) throws SQLException {
        cluster.run(1, "DROP TABLE IF EXISTS entry, account");
        cluster.run(1, "CREATE TABLE entry (k text PRIMARY KEY, v text NOT NULL)");
        for (Key.Kind kind : Key.Kind.values()) {
            cluster.run(1, "INSERT INTO entry SELECT '" + kind + " ' || n, '' FROM generate_series(0, " + KEYS + ") n");
        }
        cluster.run(1, "CREATE TABLE account (id int PRIMARY KEY, v bigint NOT NULL)");
        cluster.run(1, "INSERT INTO account SELECT n, 1000 FROM generate_series(1, " + HistoryClient.ACCOUNTS + ") n");
        cluster.awaitReplay(1);
        return new HistoryWorkload(source, routed);
    }

    /** Makes a standby replay each commit so long after it. */
    static void delayReplay(PostgresCluster cluster, int node, String delay) throws SQLException {
        try (Connection connection = cluster.connect(node, "app", PostgresCluster.Login.SUPERUSER)) {
            Sql.run(connection, "ALTER SYSTEM SET recovery_min_apply_delay = '" + delay + "'");
            Sql.run(connection, "SELECT pg_reload_conf()");
        }
    }

    HistoryWorkload begin(long seed) {
        for (int i = 0; i < CLIENTS; i++) {
            HistoryClient client = new HistoryClient(this, i, seed * CLIENTS + i);
            threads.add(Thread.ofPlatform().name("client-" + i).start(() -> goOn(client)));
        }
        return this;
    }

    private void goOn(HistoryClient client) {
        try {
            while (running) {
                session(client);
            }
        } catch (SQLException | RuntimeException e) {
            faults.add(e.toString());
        }
    }

    /** Ends where the connection is lost. */
    private void session(HistoryClient client) throws SQLException {
        try (Connection connection = client.connect()) {
            while (running && !connection.isClosed()) {
                try {
                    client.transact(connection);
                } catch (SQLException e) {
                    note(e);
                    if (!connection.isClosed()) {
                        connection.rollback();
                    }
                }
            }
        } catch (SQLException e) {
            note(e);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void note(SQLException e) throws SQLException {
        String state = String.valueOf(e.getSQLState());
        errors.computeIfAbsent(state, key -> new AtomicLong()).incrementAndGet();
        if (!FORESEEN.contains(state)) {
            throw e;
        }
    }

    static boolean isConflict(SQLException e) {
        return "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
    }

    Connection connect() throws SQLException {
        return source.connect();
    }

    boolean isRouted() {
        return routed;
    }

    int nextElement() {
        return elements.incrementAndGet();
    }

    /** The number of the first key that is used now. */
    int present() {
        return elements.get() / ELEMENTS_A_KEY % KEYS;
    }

    void add(Transaction transaction) {
        transactions.add(transaction);
        committed.addAndGet(transaction.outcome() == Outcome.COMMITTED ? 1 : 0);
    }

    /** Waits until so many more transactions have committed. */
    void awaitMore(int number) {
        for (long wanted = committed.get() + number; committed.get() < wanted && faults.isEmpty(); ) {
            long next = Math.min(wanted, committed.get() + PART);
            Await.until(next + " transactions", () -> committed.get() >= next || !faults.isEmpty());
        }
    }

    /** Ends the clients, and reads what is there in the end on a node. */
    History end(PostgresCluster cluster, int primary) throws Exception {
        running = false;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(60));
            assertThat(thread.isAlive()).as("a client that does not come back").isFalse();
        }
        assertThat(faults).isEmpty();
        return new History(List.copyOf(transactions), lists(cluster, primary), MONEY);
    }

    private static Map<Key, List<Integer>> lists(PostgresCluster cluster, int primary) throws SQLException {
        Map<Key, List<Integer>> lists = new HashMap<>();
        try (Connection connection = cluster.connect(primary, "app", PostgresCluster.Login.APP);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT k, v FROM entry WHERE v <> ''")) {
            while (rows.next()) {
                String[] words = rows.getString(1).split(" ", 2);
                Key key = new Key(Key.Kind.valueOf(words[0]), Integer.parseInt(words[1]));
                lists.put(key, HistoryClient.elements(rows.getString(2)));
            }
        }
        return lists;
    }

    /** Checks a history of this workload and prints what was found. */
    List<Anomaly> check(String story, History history) {
        List<Anomaly> anomalies = Checker.check(history);
        System.out.printf(
                "%s: %d transactions, %d moved to write, %d unknown, errors %s, %d lost in races of READ COMMITTED, anomalies %s%n",
                story,
                committed.get(),
                history.transactions().stream()
                        .filter(Transaction::movedToWrite)
                        .count(),
                history.transactions().stream()
                        .filter(transaction -> transaction.outcome() == Outcome.UNKNOWN)
                        .count(),
                new TreeMap<>(errors),
                Checker.lostInRaces(history),
                anomalies.stream().collect(Collectors.groupingBy(Anomaly::kind, TreeMap::new, Collectors.counting())));
        return anomalies;
    }

    /**
     * Leaves out reads that see less than an earlier one, of which each is allowed for itself: a server shows a commit before the client of
     * the commit is told of it, and the consistency {@code cluster} is about acknowledged writes only.
     */
    static List<Anomaly> withoutBackward(List<Anomaly> anomalies) {
        return anomalies.stream()
                .filter(anomaly -> anomaly.kind() != Anomaly.Kind.BACKWARD_READ)
                .toList();
    }

    @Override
    public void close() {
        running = false;
    }
}

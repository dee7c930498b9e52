package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import pgrouter.testing.Await;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/**
 * An application under way while nodes fail: sessions that write and remember what was acknowledged, that read what they or others wrote, that
 * move money between accounts, that only read, and that do nothing at all. None of them ever connects a second time.
 */
final class Load implements AutoCloseable {
    private static final int EACH = 4;

    /** Each session thinks for so long between two requests, so that the nodes too get something of a small machine. */
    private static final long THINKING_NANOS = LongRun.isWanted() ? 0 : 50_000_000;

    private static final int ACCOUNTS = 20;
    private static final long TOTAL = 1000L * ACCOUNTS;

    /** What an application may be told while nodes fail: no primary in time, outcome unknown, transaction lost, read lost in a crash. */
    private static final Set<String> FORESEEN = Set.of("57P03", "08007", "40001", "57P02");

    private final RouterProcess router;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Connection> idle = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Long> refused = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final Gaps writes = new Gaps();
    private final Gaps reads = new Gaps();
    private final AtomicLong stale = new AtomicLong();
    private final AtomicLong checks = new AtomicLong();
    private volatile boolean running = true;

    /** When something succeeded last, and the longest time without. */
    private static final class Gaps {
        private final AtomicLong last = new AtomicLong(System.nanoTime());
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong longest = new AtomicLong();

        /** The first one after a moment that somebody asks for; 0 before it. */
        private final AtomicLong first = new AtomicLong(-1);

        void happened() {
            long now = System.nanoTime();
            first.compareAndSet(0, now);
            longest.accumulateAndGet(now - last.getAndSet(now), Math::max);
            count.incrementAndGet();
        }
    }

    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private Load(RouterProcess router) {
        this.router = router;
    }

    /** Makes what the sessions need, and lets them begin. */
    static Load on(PostgresCluster cluster, RouterProcess router) throws Exception {
        return on(cluster, router, 1);
    }

    static Load on(PostgresCluster cluster, RouterProcess router, int primary) throws Exception {
        cluster.run(primary, "CREATE TABLE ledger (id bigint NOT NULL)");
        cluster.run(primary, "CREATE INDEX ON ledger (id)");
        cluster.run(primary, "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL)");
        cluster.run(primary, "INSERT INTO account SELECT id, 1000 FROM generate_series(1, " + ACCOUNTS + ") id");
        cluster.awaitReplay(primary);
        Load load = new Load(router);
        for (int i = 0; i < EACH; i++) {
            load.idle.add(router.connect());
            load.begin(load::write);
            load.begin(connection -> load.writeAndRead(connection, connection));
            Connection writing = router.connect();
            load.idle.add(writing);
            load.begin(reading -> load.writeAndRead(writing, reading));
            load.begin(load::transfer);
            load.begin(load::read);
            load.beginReadingAnyhow();
        }
        Await.until("the load is under way", () -> load.writes.count.get() > 100 && load.reads.count.get() > 100);
        load.writes.longest.set(0);
        load.reads.longest.set(0);
        return load;
    }

    /** A session that reads on from standbys whatever others have written. */
    private void beginReadingAnyhow() throws SQLException {
        Connection connection = router.connect();
        Sql.run(connection, "SET pgrouter.consistency = session");
        begin(this::read, connection);
    }

    private void begin(Work work) throws SQLException {
        begin(work, router.connect());
    }

    private void begin(Work work, Connection connection) {
        threads.add(Thread.ofPlatform().start(() -> {
            try (connection) {
                while (running) {
                    attempt(work, connection);
                    LockSupport.parkNanos(THINKING_NANOS);
                }
            } catch (SQLException | RuntimeException e) {
                faults.add(work + " ended by " + e);
            }
        }));
    }

    /** An application that goes on behind an error, on the same connection. */
    private void attempt(Work work, Connection connection) throws SQLException {
        try {
            work.run(connection);
        } catch (SQLException e) {
            errors.computeIfAbsent(String.valueOf(e.getSQLState()), state -> new AtomicLong())
                    .incrementAndGet();
            if (!FORESEEN.contains(e.getSQLState())) {
                throw e;
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }

    private long insert(Connection connection) throws SQLException {
        long id = ids.incrementAndGet();
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO ledger VALUES (?)")) {
            statement.setLong(1, id);
            assertThat(statement.executeUpdate()).isEqualTo(1);
            acknowledged.add(id);
            writes.happened();
            return id;
        } catch (SQLException e) {
            if (!"08007".equals(e.getSQLState())) {
                refused.add(id);
            }
            throw e;
        }
    }

    private void write(Connection connection) throws SQLException {
        insert(connection);
    }

    private void writeAndRead(Connection writing, Connection reading) throws SQLException {
        long id = insert(writing);
        try (PreparedStatement statement = reading.prepareStatement("SELECT count(*) FROM ledger WHERE id = ?")) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                checks.incrementAndGet();
                if (rows.getLong(1) != 1) {
                    stale.incrementAndGet();
                }
            }
        }
    }

    private void transfer(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        int from = ThreadLocalRandom.current().nextInt(1, ACCOUNTS);
        int to = ThreadLocalRandom.current().nextInt(from + 1, ACCOUNTS + 1);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance - 1 WHERE id = " + from);
            statement.executeUpdate("UPDATE account SET balance = balance + 1 WHERE id = " + to);
            connection.commit();
        }
    }

    private void read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT sum(balance) FROM account");
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            if (rows.getLong(1) != TOTAL) {
                faults.add("a sum of " + rows.getLong(1));
            }
            reads.happened();
        }
    }

    /** Waits until so many more writes and reads have succeeded than now. */
    void awaitProgress() {
        awaitWrites();
        awaitReads();
    }

    void awaitWrites() {
        long before = writes.count.get();
        Await.until("100 writes more", () -> writes.count.get() > before + 100 || !faults.isEmpty());
    }

    void awaitReads() {
        long before = reads.count.get();
        Await.until("100 reads more", () -> reads.count.get() > before + 100 || !faults.isEmpty());
    }

    /** Waits for the first write that is acknowledged from now on, and returns how long it took to come. */
    Duration untilNextWrite() {
        long now = System.nanoTime();
        writes.first.set(0);
        Await.until("a write", () -> writes.first.get() > 0);
        return Duration.ofNanos(writes.first.get() - now);
    }

    /** The longest time without an answered read since the last call. */
    Duration longestReadGap() {
        return Duration.ofNanos(reads.longest.getAndSet(0));
    }

    /** Ends the load, and looks at what has become of it on the node that is the primary now. */
    void endAndCheck(String story, PostgresCluster cluster, int primary) throws Exception {
        running = false;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(60));
            assertThat(thread.isAlive()).as("a session that does not come back").isFalse();
        }
        System.out.printf(
                "%s: %d writes, %d reads, %d reads of writes (%d stale), errors %s, longest gaps: writes %d ms,"
                        + " reads %d ms%n",
                story,
                writes.count.get(),
                reads.count.get(),
                checks.get(),
                stale.get(),
                new TreeMap<>(errors),
                Duration.ofNanos(writes.longest.get()).toMillis(),
                longestReadGap().toMillis());
        assertThat(faults).isEmpty();
        assertThat(stale).hasValue(0);
        for (Connection connection : idle) {
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
            Sql.run(connection, "INSERT INTO ledger VALUES (-1)");
        }
        Map<Long, Integer> found = ledger(cluster, primary);
        assertThat(found).as("acknowledged writes").containsKeys(acknowledged.toArray(Long[]::new));
        assertThat(found).as("refused writes").doesNotContainKeys(refused.toArray(Long[]::new));
        assertThat(found.values()).as("how often each was written").containsOnly(1);
        assertThat(cluster.ask(primary, "SELECT sum(balance) FROM account")).isEqualTo(Long.toString(TOTAL));
    }

    private static Map<Long, Integer> ledger(PostgresCluster cluster, int node) throws SQLException {
        Map<Long, Integer> found = new TreeMap<>();
        try (Connection connection = cluster.connect(node, "app", PostgresCluster.Login.APP);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM ledger WHERE id > 0")) {
            while (rows.next()) {
                found.merge(rows.getLong(1), 1, Integer::sum);
            }
        }
        return found;
    }

    @Override
    public void close() throws SQLException {
        running = false;
        for (Connection connection : idle) {
            connection.close();
        }
    }
}

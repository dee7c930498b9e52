package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.net.TaskScope;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Transactions that begin on standbys, of a driver with autocommit off: they write as if all had run on the primary. */
@Tag("versions")
@ExtendWith(SharedCluster.class)
final class OptimisticTransactionsIT {
    private static final String READ = "SELECT v FROM account WHERE id = 1";
    private static final String WRITE = "UPDATE account SET v = 2 WHERE id = 1";

    private final PostgresCluster cluster;
    private RouterProcess router;

    OptimisticTransactionsIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void start() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS account; CREATE TABLE account(id int PRIMARY KEY, v bigint)");
        cluster.run(1, "INSERT INTO account SELECT g, 1 FROM generate_series(1, 4) g");
        cluster.awaitReplay(1);
        router = RouterProcess.before(cluster, new RouterProcess.Options().with("transactions optimistic"));
        try (Connection connection = router.connect()) {
            Sql.awaitStandby(connection, READ);
        }
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private Connection session() throws SQLException {
        Connection connection = router.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static String route(Connection connection) throws SQLException {
        return Sql.ask(connection, "SHOW pgrouter.last_route");
    }

    private static void failsToSerialize(Connection connection, String sql) {
        assertThatThrownBy(() -> Sql.run(connection, sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    }

    @Test
    void aTransactionReadsOnAStandbyUntilItWrites() throws Exception {
        try (Connection connection = session()) {
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(route(connection)).startsWith("reader ");
            Sql.run(connection, WRITE);
            assertThat(route(connection)).startsWith("writer");
            assertThat(Sql.ask(connection, READ)).isEqualTo("2");
            assertThat(route(connection)).startsWith("writer");
            assertThat(cluster.ask(1, READ)).isEqualTo("1");
            connection.commit();
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("2");
    }

    @Test
    void aTransactionThatOnlyReadsNeedsNoPrimary() throws Exception {
        try (Connection connection = session()) {
            long before = router.count(RouterProcess.address(cluster, 1), "writes");
            for (int i = 0; i < 10; i++) {
                assertThat(Sql.ask(connection, READ)).isEqualTo("1");
                assertThat(Sql.ask(connection, "SELECT count(*) FROM account")).isEqualTo("4");
                if (i % 2 == 0) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
            assertThat(router.count(RouterProcess.address(cluster, 1), "writes"))
                    .isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ})
    void aChangeMeanwhileFailsTheTransactionAndNothingIsWritten(int isolation) throws Exception {
        try (Connection connection = session()) {
            connection.setTransactionIsolation(isolation);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(route(connection)).startsWith("reader ");
            cluster.run(1, "UPDATE account SET v = 10 WHERE id = 1");
            failsToSerialize(connection, WRITE);
            assertThatThrownBy(() -> Sql.ask(connection, READ)).hasMessageContaining("current transaction is aborted");
            connection.rollback();
            assertThat(cluster.ask(1, READ)).isEqualTo("10");
            assertThat(Sql.ask(connection, READ)).isEqualTo("10");
            Sql.run(connection, WRITE);
            connection.commit();
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("2");
    }

    @Test
    void aChangeOfWhatItHasNotReadIsOfNoAccount() throws Exception {
        try (Connection connection = session()) {
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            cluster.run(1, "UPDATE account SET v = 10 WHERE id = 2");
            Sql.run(connection, WRITE);
            connection.commit();
        }
        assertThat(cluster.ask(1, "SELECT sum(v) FROM account")).isEqualTo("14");
    }

    /** Each statement of READ COMMITTED may see what others have committed before it: only a write must not rest on more. */
    @Test
    void afterAChangeATransactionOfReadCommittedMayReadOnButNotWrite() throws Exception {
        try (Connection connection = session()) {
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            cluster.run(1, "UPDATE account SET v = 10 WHERE id = 1");
            Sql.ask(connection, "SELECT now()");
            assertThat(route(connection)).startsWith("writer");
            assertThat(Sql.ask(connection, READ)).isEqualTo("10");
            failsToSerialize(connection, WRITE);
            connection.rollback();
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("10");
    }

    @Test
    void aTransactionOfRepeatableReadNeverSeesTwoMoments() throws Exception {
        try (Connection connection = session()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            cluster.run(1, "UPDATE account SET v = 10");
            cluster.awaitReplay(1);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(Sql.ask(connection, "SELECT sum(v) FROM account")).isEqualTo("4");
            failsToSerialize(connection, "SELECT now()");
            connection.rollback();
            assertThat(Sql.ask(connection, "SELECT sum(v) FROM account")).isEqualTo("40");
            connection.commit();
        }
    }

    @Test
    void aTransactionOfRepeatableReadKeepsItsMomentOnThePrimary() throws Exception {
        try (Connection connection = session()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            Sql.run(connection, WRITE);
            cluster.run(1, "UPDATE account SET v = 10 WHERE id <> 1");
            assertThat(Sql.ask(connection, "SELECT sum(v) FROM account")).isEqualTo("5");
            connection.commit();
        }
        assertThat(cluster.ask(1, "SELECT sum(v) FROM account")).isEqualTo("32");
    }

    /** No standby can run it, which shows at its first read: it stands in a session setting of the driver. */
    @Test
    void aSerializableTransactionIsThePrimarys() throws Exception {
        try (Connection connection = session()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(route(connection)).startsWith("writer");
            assertThat(Sql.ask(connection, "SHOW transaction_isolation")).isEqualTo("serializable");
            Sql.run(connection, WRITE);
            connection.commit();
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("2");
    }

    @Test
    void savepointsMoveWithTheTransaction() throws Exception {
        try (Connection connection = session()) {
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            Savepoint first = connection.setSavepoint();
            assertThatThrownBy(() -> Sql.ask(connection, "SELECT 1 / (v - 1) FROM account WHERE id = 1"))
                    .hasMessageContaining("division by zero");
            connection.rollback(first);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(route(connection)).startsWith("reader ");
            Savepoint second = connection.setSavepoint("named");
            Sql.run(connection, "UPDATE account SET v = 7 WHERE id = 1");
            connection.rollback(second);
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            connection.rollback(first);
            Sql.run(connection, WRITE);
            connection.commit();
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("2");
    }

    @Test
    void aSettingOfTheTransactionMovesWithIt() throws Exception {
        try (Connection connection = session()) {
            Sql.run(connection, "SET LOCAL app.tenant = '7'");
            assertThat(Sql.ask(connection, READ)).isEqualTo("1");
            assertThat(route(connection)).startsWith("reader ");
            Sql.run(connection, "UPDATE account SET v = current_setting('app.tenant')::bigint WHERE id = 1");
            connection.commit();
            assertThat(Sql.ask(connection, READ)).isEqualTo("7");
            assertThat(Sql.ask(connection, "SELECT current_setting('app.tenant', true)"))
                    .isNullOrEmpty();
        }
    }

    /** From the fifth execution on, the driver names its statements. */
    @Test
    void statementsThatTheDriverKeepsAreKnownOnThePrimary() throws Exception {
        int moves = 0;
        try (Connection connection = session();
                PreparedStatement read = connection.prepareStatement("SELECT v FROM account WHERE id = ?");
                PreparedStatement write = connection.prepareStatement("UPDATE account SET v = ? WHERE id = ?")) {
            for (int i = 0; i < 60; i++) {
                long sum = balance(read, 1) + balance(read, 2);
                assertThat(sum).isEqualTo(2 + (i + 2) / 3);
                if (i % 3 == 0) {
                    boolean isOnStandby = route(connection).startsWith("reader ");
                    write.setLong(1, balance(read, 1) + 1);
                    write.setInt(2, 1);
                    assertThat(write.executeUpdate()).isEqualTo(1);
                    moves += isOnStandby ? 1 : 0;
                }
                connection.commit();
            }
        }
        assertThat(moves).isPositive();
        assertThat(cluster.ask(1, READ)).isEqualTo("21");
    }

    private static long balance(PreparedStatement read, int account) throws SQLException {
        read.setInt(1, account);
        try (ResultSet rows = read.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /**
     * Each transfer computes what it writes from what it has read, and three of four only look, so that transactions go on
     * beginning on standbys. In the middle one standby falls behind.
     */
    @Test
    void noTransferOfABankIsLost() throws Exception {
        cluster.run(1, "INSERT INTO account SELECT g, 1 FROM generate_series(5, " + Bank.ACCOUNTS + ") g");
        Bank bank = new Bank();
        try (TaskScope scope = new TaskScope("teller")) {
            List<Future<Integer>> tellers = new ArrayList<>();
            for (int teller = 0; teller < 8; teller++) {
                int seed = teller;
                tellers.add(scope.fork(() -> bank.work(seed)));
            }
            bank.awaitProgress(100);
            cluster.pauseReplay(2);
            try {
                bank.awaitProgress(200);
            } finally {
                cluster.resumeReplay(2);
            }
            for (Future<Integer> teller : tellers) {
                teller.get();
            }
        }
        System.out.println("bank: " + bank.done.get() + " transactions, " + bank.moved.get() + " of them moved, "
                + bank.conflicts.get() + " conflicts; " + router.status().getLast());
        for (int account = 1; account <= Bank.ACCOUNTS; account++) {
            assertThat(cluster.ask(1, "SELECT v FROM account WHERE id = " + account))
                    .as("account %d", account)
                    .isEqualTo("" + (1 + bank.changes[account].get()));
        }
        assertThat(cluster.ask(1, "SELECT sum(v) FROM account")).isEqualTo("" + Bank.ACCOUNTS);
        assertThat(bank.moved.get()).isPositive();
    }

    private final class Bank {
        static final int ACCOUNTS = 60;
        private static final int TRANSACTIONS = 60;

        final AtomicLong done = new AtomicLong();
        final AtomicLong moved = new AtomicLong();
        final AtomicLong conflicts = new AtomicLong();
        final AtomicLong[] changes = new AtomicLong[ACCOUNTS + 1];

        Bank() {
            for (int i = 0; i < changes.length; i++) {
                changes[i] = new AtomicLong();
            }
        }

        void awaitProgress(int more) {
            long wanted = Math.min(done.get() + more, 8 * TRANSACTIONS);
            Await.until(wanted + " transactions", () -> done.get() >= wanted);
        }

        int work(int seed) throws SQLException {
            Random random = new Random(seed);
            try (Connection connection = session();
                    PreparedStatement read = connection.prepareStatement("SELECT v FROM account WHERE id = ?");
                    PreparedStatement write = connection.prepareStatement("UPDATE account SET v = ? WHERE id = ?")) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                for (int i = 0; i < TRANSACTIONS; i++) {
                    int from = 1 + random.nextInt(ACCOUNTS);
                    int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
                    int amount = i % 4 == 0 ? 1 + random.nextInt(9) : 0;
                    while (!transfers(connection, read, write, from, to, amount)) {
                        conflicts.incrementAndGet();
                    }
                    done.incrementAndGet();
                }
            }
            return TRANSACTIONS;
        }

        /** @return false where it has to be tried again */
        private boolean transfers(
                Connection connection, PreparedStatement read, PreparedStatement write, int from, int to, int amount)
                throws SQLException {
            try {
                long left = balance(read, from) - amount;
                long right = balance(read, to) + amount;
                if (amount > 0) {
                    boolean isOnStandby = route(connection).startsWith("reader ");
                    write(write, from, left);
                    write(write, to, right);
                    moved.addAndGet(isOnStandby ? 1 : 0);
                }
                connection.commit();
                changes[from].addAndGet(-amount);
                changes[to].addAndGet(amount);
                return true;
            } catch (SQLException e) {
                if (!e.getSQLState().equals("40001") && !e.getSQLState().equals("40P01")) {
                    throw e;
                }
                connection.rollback();
                return false;
            }
        }

        private static void write(PreparedStatement write, int account, long value) throws SQLException {
            write.setLong(1, value);
            write.setInt(2, account);
            assertThat(write.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void whatAStandbyWithoutReplayHasAnsweredIsNotWrittenUpon() throws Exception {
        cluster.pauseReplay(2);
        cluster.pauseReplay(3);
        try (Connection connection = session()) {
            cluster.run(1, "UPDATE account SET v = 10 WHERE id = 1");
            String seen = Sql.ask(connection, READ);
            assertThat(route(connection)).startsWith("reader ");
            assertThat(seen).isEqualTo("1");
            failsToSerialize(connection, WRITE);
            connection.rollback();
            assertThat(Sql.ask(connection, READ)).isEqualTo("10");
            Sql.run(connection, WRITE);
            connection.commit();
        } finally {
            cluster.resumeReplay(2);
            cluster.resumeReplay(3);
        }
        assertThat(cluster.ask(1, READ)).isEqualTo("2");
    }

    /** @param declared whether the client declares them read-only */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKilledStandbyIsNotSeenByTransactionsThatRead(boolean declared) throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        AtomicLong done = new AtomicLong();
        Queue<String> errors = new ConcurrentLinkedQueue<>();
        try (TaskScope scope = new TaskScope("reader")) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(scope.fork(() -> readUntil(declared, ends, done, errors)));
            }
            awaitMore(done);
            cluster.kill(2);
            awaitMore(done);
            cluster.start(2);
            router.awaitReadersAgain(2);
            awaitMore(done);
            cluster.kill(3);
            awaitMore(done);
            cluster.start(3);
            awaitMore(done);
            ends.set(true);
            for (Future<Integer> reader : readers) {
                reader.get();
            }
        } finally {
            ends.set(true);
        }
        router.awaitReadersAgain(2);
        System.out.println("killed standbys, declared read-only " + declared + ": " + done.get()
                + " transactions, errors " + errors);
        assertThat(errors).allMatch(error -> error.startsWith("57P02"));
        // Of each standby no more than the reads that ran there.
        assertThat(errors).hasSizeLessThanOrEqualTo(8);
    }

    private static void awaitMore(AtomicLong done) {
        long wanted = done.get() + 200;
        Await.until(wanted + " transactions", () -> done.get() >= wanted);
    }

    private int readUntil(boolean declared, AtomicBoolean ends, AtomicLong done, Queue<String> errors)
            throws SQLException {
        try (Connection connection = session()) {
            connection.setReadOnly(declared);
            while (!ends.get()) {
                try {
                    Sql.ask(connection, READ);
                    Sql.ask(connection, "SELECT sum(v) FROM account");
                    Sql.ask(connection, READ);
                    connection.commit();
                } catch (SQLException e) {
                    errors.add(e.getSQLState() + " " + e.getMessage());
                    connection.rollback();
                }
                done.incrementAndGet();
            }
        }
        return 0;
    }
}

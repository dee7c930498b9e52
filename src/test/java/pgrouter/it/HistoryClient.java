package pgrouter.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import pgrouter.testing.history.Key;
import pgrouter.testing.history.Operation;
import pgrouter.testing.history.Transaction;
import pgrouter.testing.history.Transaction.Isolation;
import pgrouter.testing.history.Transaction.Outcome;

/** One session of a {@link HistoryWorkload}, which makes up transactions and remembers them. For one thread. */
final class HistoryClient {
    static final int ACCOUNTS = 20;
    private static final String READ = "SELECT v FROM entry WHERE k = ?";
    private static final String APPEND = "UPDATE entry SET v = v || ? WHERE k = ?";
    private static final String OVERWRITE = "UPDATE entry SET v = ? WHERE k = ?";
    private static final String BALANCE = "SELECT v::text FROM account WHERE id = ?::int";
    private static final String SUM = "SELECT sum(v)::text FROM account WHERE id BETWEEN ?::int AND ?::int";
    private static final String DEPOSIT = "UPDATE account SET v = v + ?::bigint WHERE id = ?::int";
    private static final String BALANCE_IS = "UPDATE account SET v = ?::bigint WHERE id = ?::int";

    private final HistoryWorkload workload;
    private final int number;
    private final Random random;
    private final Isolation isolation;
    private final List<Operation> operations = new ArrayList<>();
    private boolean committing;
    private boolean moved;
    private boolean writes;
    private boolean givesUp;

    HistoryClient(HistoryWorkload workload, int number, long seed) {
        this.workload = workload;
        this.number = number;
        this.random = new Random(seed);
        this.isolation = number % 2 == 0 ? Isolation.REPEATABLE_READ : Isolation.READ_COMMITTED;
    }

    Connection connect() throws SQLException {
        Connection connection = workload.connect();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(
                isolation == Isolation.REPEATABLE_READ
                        ? Connection.TRANSACTION_REPEATABLE_READ
                        : Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    /** The statements of a transaction. */
    interface Work {
        void run() throws SQLException;
    }

    /** Runs a made-up transaction. */
    void transact(Connection connection) throws SQLException {
        transact(connection, () -> work(connection));
    }

    /** Runs one transaction and tells the workload of it, however it ends. */
    void transact(Connection connection, Work work) throws SQLException {
        operations.clear();
        committing = false;
        moved = false;
        writes = false;
        givesUp = false;
        Outcome outcome = Outcome.ABORTED;
        try {
            work.run();
            if (givesUp) {
                connection.rollback();
            } else {
                committing = true;
                connection.commit();
                outcome = Outcome.COMMITTED;
            }
        } catch (SQLException e) {
            // These two say that nothing was committed.
            boolean isKnown = HistoryWorkload.isConflict(e) || "57P03".equals(e.getSQLState());
            outcome = committing && !isKnown ? Outcome.UNKNOWN : Outcome.ABORTED;
            throw e;
        } finally {
            workload.add(new Transaction(number, isolation, operations, outcome, System.nanoTime(), moved));
        }
    }

    private void work(Connection connection) throws SQLException {
        int dice = random.nextInt(10);
        if (dice < 5) {
            lists(connection);
        } else if (dice < 8) {
            register(connection);
        } else {
            bank(connection);
        }
        givesUp = writes && random.nextInt(20) == 0;
    }

    /** Reads some lists, and may append to some others. Rows are locked in one order. */
    private void lists(Connection connection) throws SQLException {
        for (int i = random.nextInt(3); i >= 0; i--) {
            read(connection, key(Key.Kind.LIST));
        }
        if (random.nextInt(3) > 0) {
            return;
        }
        int first = key(Key.Kind.LIST).number();
        for (int i = 0; i <= random.nextInt(3); i++) {
            append(connection, new Key(Key.Kind.LIST, first + i));
            if (random.nextInt(4) == 0) {
                append(connection, new Key(Key.Kind.LIST, first + i));
            }
        }
        if (random.nextInt(3) == 0) {
            read(connection, new Key(Key.Kind.LIST, first));
        }
    }

    private void register(Connection connection) throws SQLException {
        Key key = key(isolation == Isolation.REPEATABLE_READ ? Key.Kind.REGISTER : Key.Kind.LOOSE_REGISTER);
        List<Integer> elements = read(connection, key);
        if (random.nextInt(3) == 0) {
            overwrite(connection, key, elements);
        }
    }

    /** Looks at all money, in two statements where these see one snapshot, and may move some of it. */
    private void bank(Connection connection) throws SQLException {
        long sent = System.nanoTime();
        int half = isolation == Isolation.REPEATABLE_READ ? ACCOUNTS / 2 : ACCOUNTS;
        long sum = 0;
        for (int from = 1; from <= ACCOUNTS; from += half) {
            sum += Long.parseLong(ask(connection, SUM, "" + from, "" + (from + half - 1)));
        }
        operations.add(new Operation.Total(sum, sent));
        if (random.nextInt(3) == 0) {
            int from = 1 + random.nextInt(ACCOUNTS - 1);
            int to = from + 1 + random.nextInt(ACCOUNTS - from);
            int amount = 1 + random.nextInt(9);
            pay(connection, from, -amount);
            pay(connection, to, amount);
        }
    }

    private void pay(Connection connection, int account, int amount) throws SQLException {
        if (isolation == Isolation.REPEATABLE_READ) {
            long balance = Long.parseLong(ask(connection, BALANCE, "" + account)) + amount;
            write(connection, BALANCE_IS, "" + balance, "" + account);
        } else {
            write(connection, DEPOSIT, "" + amount, "" + account);
        }
    }

    private Key key(Key.Kind kind) {
        return new Key(kind, workload.present() + random.nextInt(4));
    }

    List<Integer> read(Connection connection, Key key) throws SQLException {
        long sent = System.nanoTime();
        List<Integer> elements = elements(ask(connection, READ, key.toString()));
        operations.add(new Operation.Read(key, elements, sent, System.nanoTime()));
        return elements;
    }

    private void append(Connection connection, Key key) throws SQLException {
        int element = workload.nextElement();
        asksRoute(connection);
        operations.add(new Operation.Append(key, element, System.nanoTime()));
        write(connection, APPEND, element + ",", key.toString());
    }

    /** Writes a list with one element more than was read. */
    void overwrite(Connection connection, Key key, List<Integer> elements) throws SQLException {
        int element = workload.nextElement();
        asksRoute(connection);
        operations.add(new Operation.Append(key, element, System.nanoTime()));
        StringBuilder text = new StringBuilder();
        elements.forEach(each -> text.append(each).append(','));
        write(connection, OVERWRITE, text.append(element).append(',').toString(), key.toString());
    }

    /** Notes whether the transaction is still on a standby. Not each one asks: the answer is a request more. */
    private void asksRoute(Connection connection) throws SQLException {
        if (!writes && workload.isRouted() && random.nextBoolean()) {
            moved = Sql.ask(connection, "SHOW pgrouter.last_route").startsWith("reader ");
        }
    }

    private void write(Connection connection, String sql, String... values) throws SQLException {
        writes = true;
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("no row for " + sql + " " + List.of(values));
            }
        }
    }

    private static String ask(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, String... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setString(i + 1, values[i]);
        }
        return statement;
    }

    /** Each element is followed by a comma. */
    static List<Integer> elements(String list) {
        return Stream.of(list.split(","))
                .filter(element -> !element.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }
}

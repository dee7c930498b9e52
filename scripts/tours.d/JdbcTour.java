import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;

/** What an application does with the JDBC driver; every line must be the same with and without pgrouter. */
public final class JdbcTour {
    private JdbcTour() {}

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", "app");
        properties.setProperty("password", "app-secret");
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("autosave", "always");
        properties.setProperty("reWriteBatchedInserts", "true");
        String url = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/app";
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            Statement statement = connection.createStatement();
            statement.execute("DROP TABLE IF EXISTS jdbc_tour");
            statement.execute("CREATE TABLE jdbc_tour(id serial PRIMARY KEY, v text)");
            statement.execute("CREATE OR REPLACE FUNCTION jdbc_write(t text) RETURNS int LANGUAGE sql AS"
                    + " 'INSERT INTO jdbc_tour(v) VALUES (t) RETURNING id'");
            generatedKeysAndBatches(connection);
            ownWrites(connection);
            preparedBehindDdl(connection, statement);
            savepoints(connection, statement);
            readOnly(connection, statement);
            cursor(connection);
            copy(connection);
            settings(statement);
            big(connection);
        }
    }

    private static void generatedKeysAndBatches(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO jdbc_tour(v) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 5; i++) {
                insert.setString(1, "batch " + i);
                insert.addBatch();
            }
            System.out.println("batch " + insert.executeBatch().length);
            insert.setString(1, "keyed");
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                System.out.println("key " + keys.getInt("id"));
            }
        }
    }

    private static void ownWrites(Connection connection) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement("SELECT jdbc_write(?)");
                PreparedStatement read = connection.prepareStatement("SELECT count(*) FROM jdbc_tour WHERE v = ?")) {
            for (int i = 0; i < 200; i++) {
                write.setString(1, "own " + i);
                write.executeQuery().close();
                read.setString(1, "own " + i);
                try (ResultSet rows = read.executeQuery()) {
                    rows.next();
                    System.out.println("own " + i + " " + rows.getInt(1));
                }
            }
        }
    }

    private static void preparedBehindDdl(Connection connection, Statement statement) throws Exception {
        try (PreparedStatement read = connection.prepareStatement("SELECT * FROM jdbc_tour WHERE id = ?")) {
            for (int i = 1; i <= 20; i++) {
                if (i == 10) {
                    statement.execute("ALTER TABLE jdbc_tour ADD COLUMN w int DEFAULT 7");
                }
                Thread.sleep(5);
                read.setInt(1, i);
                try (ResultSet rows = read.executeQuery()) {
                    rows.next();
                    System.out.println(rows.getMetaData().getColumnCount() + " columns, " + rows.getString("v"));
                } catch (SQLException e) {
                    System.out.println("changed " + e.getSQLState());
                }
            }
        }
    }

    private static void savepoints(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO jdbc_tour(v) VALUES ('in a transaction')");
        for (String sql : new String[] {"SELECT 1/0", "SELECT * FROM missing", "INSERT INTO jdbc_tour(id) VALUES (1)"}) {
            try {
                statement.execute(sql);
            } catch (SQLException e) {
                System.out.println("error " + e.getSQLState());
            }
        }
        System.out.println(one(statement, "SELECT count(*) FROM jdbc_tour WHERE v = 'in a transaction'"));
        connection.commit();
        connection.setAutoCommit(true);
        System.out.println(one(statement, "SELECT count(*) FROM jdbc_tour WHERE v = 'in a transaction'"));
    }

    private static void readOnly(Connection connection, Statement statement) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        System.out.println(one(statement, "SELECT count(*) > 100 FROM jdbc_tour"));
        try {
            statement.execute("INSERT INTO jdbc_tour(v) VALUES ('never')");
        } catch (SQLException e) {
            System.out.println("read only " + e.getSQLState());
        }
        connection.rollback();
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
    }

    private static void cursor(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement fetching = connection.createStatement()) {
            fetching.setFetchSize(10);
            long sum = 0;
            try (ResultSet rows = fetching.executeQuery("SELECT generate_series(1, 1000)")) {
                while (rows.next()) {
                    sum += rows.getInt(1);
                }
            }
            System.out.println("cursor " + sum);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void copy(Connection connection) throws Exception {
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        System.out.println("copied " + copies.copyIn("COPY jdbc_tour(v) FROM STDIN", new StringReader("x\ny\nz\n")));
        StringWriter out = new StringWriter();
        System.out.println("copied " + copies.copyOut("COPY (SELECT v FROM jdbc_tour WHERE length(v) = 1) TO STDOUT", out));
        System.out.println(out.toString().replace("\n", ","));
    }

    private static void settings(Statement statement) throws SQLException {
        statement.execute("SET TIME ZONE 'Asia/Tokyo'");
        System.out.println(one(statement, "SELECT timestamptz '2026-01-01 00:00:00+00'::text"));
        statement.execute("SET search_path = pg_catalog");
        System.out.println(one(statement, "SELECT current_schemas(false)::text"));
        statement.execute("RESET ALL");
        System.out.println(one(statement, "SELECT current_schemas(false)::text"));
    }

    private static void big(Connection connection) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement("SELECT length(?), repeat('y', 3000000)")) {
            read.setString(1, "x".repeat(4_000_000));
            try (ResultSet rows = read.executeQuery()) {
                rows.next();
                System.out.println(rows.getInt(1) + " " + rows.getString(2).length());
            }
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}

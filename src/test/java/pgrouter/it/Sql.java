package pgrouter.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import pgrouter.testing.Await;

/** SQL in one call, for stories that are about something else. */
final class Sql {
    private Sql() {}

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /**
     * Until a standby answers this read. The first reads of a session that call a function of the cluster's own may be for the primary:
     * the catalog must have been read, and the standby must have replayed what was read.
     */
    static void awaitStandby(Connection connection, String read) {
        Await.until("a standby answers " + read, () -> {
            ask(connection, read);
            return ask(connection, "SHOW pgrouter.last_route").startsWith("reader");
        });
    }
}

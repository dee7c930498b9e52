package pgrouter.testing;

import static java.util.stream.IntStream.rangeClosed;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import pgrouter.testing.PostgresCluster.Login;

/** For a test that waits often until the standbys have replayed what node 1 has written: it keeps a connection to each node. */
public final class ReplayWatch implements AutoCloseable {
    private final Connection primary;
    private final List<Connection> standbys = new ArrayList<>();

    private ReplayWatch(Connection primary) {
        this.primary = primary;
    }

    /** All nodes are up, and stay up as long as it is used. */
    public static ReplayWatch of(PostgresCluster cluster) throws SQLException {
        ReplayWatch watch = new ReplayWatch(cluster.connect(1, "postgres", Login.SUPERUSER));
        for (int node : rangeClosed(2, cluster.nodes()).toArray()) {
            watch.standbys.add(cluster.connect(node, "postgres", Login.SUPERUSER));
        }
        return watch;
    }

    /** As {@link PostgresCluster#awaitReplay}, for all of them. */
    public void await() throws SQLException {
        String position = ask(primary, "SELECT pg_current_wal_lsn()");
        for (Connection standby : standbys) {
            Await.until(
                    "a standby has replayed " + position,
                    () -> ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + position + "'")
                            .equals("t"));
        }
    }

    private static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        primary.close();
        for (Connection standby : standbys) {
            standby.close();
        }
    }
}

import java.io.IOException;
import java.util.List;

/** The nodes of the targets, asked directly between the runs, so that no run pays for the one before it. */
final class Cluster {
    private static final String READ_ALL =
            "SELECT count(*) FROM pgbench_accounts, pgbench_branches WHERE pgbench_accounts.bid = pgbench_branches.bid";

    private final Settings settings;

    Cluster(Settings settings) {
        this.settings = settings;
    }

    /** What pgbench does itself before a run, when it is not told not to. */
    void cleanUp() throws IOException, InterruptedException {
        query(settings.primary(), "VACUUM pgbench_branches, pgbench_tellers");
        query(settings.primary(), "TRUNCATE pgbench_history");
        awaitReplay();
    }

    /** Reads the rows that will be read, on every node: no run is to be the first that reads their files. */
    void readAll() throws IOException, InterruptedException {
        awaitReplay();
        query(settings.primary(), READ_ALL);
        for (int standby : settings.standbys()) {
            query(standby, READ_ALL);
        }
    }

    /** Until the standbys have replayed all that is written by now. */
    void awaitReplay() throws IOException, InterruptedException {
        String written = query(settings.primary(), "SELECT pg_current_wal_lsn()");
        for (int standby : settings.standbys()) {
            awaitReplay(standby, written);
        }
    }

    /** The standby itself waits, looking every 10 ms. */
    private static void awaitReplay(int standby, String written) throws IOException, InterruptedException {
        query(
                standby,
                "DO $$ BEGIN WHILE pg_last_wal_replay_lsn() < '" + written
                        + "' LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
    }

    private static String query(int port, String sql) throws IOException, InterruptedException {
        List<String> command = List.of("psql", "-XqAt", "-p", "" + port, "-c", sql);
        Client client = Client.run(command, Client.NO_INPUT, ProcessTree.none(), (process, line) -> {});
        if (client.failure().isPresent()) {
            throw new IOException(
                    "the node on port " + port + ": " + client.failure().get());
        }
        return client.output().strip();
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.net.TaskScope;
import pgrouter.testing.Await;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Reads see the writes that they have to, however late the standbys are. */
@ExtendWith(SharedCluster.class)
final class ReadConsistencyIT {
    private static final int PAIRS = LongRun.repetitions(1_000, 10_000);

    private final PostgresCluster cluster;
    private final RouterProcess router;

    ReadConsistencyIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    private long onStandbys(RouterProcess router) {
        return router.countOnStandbys(cluster, "reads");
    }

    private void createTable() throws SQLException {
        cluster.run(
                1,
                "DROP TABLE IF EXISTS consistency; CREATE TABLE consistency(n int); INSERT INTO consistency VALUES (0)");
        cluster.awaitReplay(1);
    }

    private void delayReplay(String delay) throws SQLException {
        for (int node = 2; node <= 3; node++) {
            try (Connection standby = cluster.connect(node, "postgres", Login.SUPERUSER)) {
                Sql.run(standby, "ALTER SYSTEM SET recovery_min_apply_delay = '" + delay + "'");
                Sql.run(standby, "SELECT pg_reload_conf()");
            }
        }
    }

    /** @return how many of the reads have not seen the write before them */
    private static int stale(Connection writing, Connection reading, int from, int pairs) throws SQLException {
        int stale = 0;
        try (Statement statement = writing.createStatement()) {
            for (int i = from; i < from + pairs; i++) {
                statement.executeUpdate("UPDATE consistency SET n = " + i);
                stale += Sql.ask(reading, "SELECT n FROM consistency").equals("" + i) ? 0 : 1;
            }
        }
        return stale;
    }

    @Test
    void aSessionReadsItsOwnWritesBehindStandbysThatReplayASecondLate() throws Exception {
        createTable();
        delayReplay("1s");
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection session = router.connect()) {
            assertThat(stale(session, session, 1, PAIRS)).isZero();
        } finally {
            delayReplay("0");
        }
        cluster.awaitReplay(1);
    }

    @Test
    void aSessionThatPausesReadsFromHealthyStandbysAgain() throws Exception {
        createTable();
        long before = onStandbys(router);
        try (Connection session = router.connect()) {
            assertThat(stale(session, session, 1, PAIRS)).isZero();
            long meanwhile = onStandbys(router);
            Await.until("it reads from a standby", () -> {
                assertThat(Sql.ask(session, "SELECT n FROM consistency")).isEqualTo("" + PAIRS);
                return onStandbys(router) > meanwhile;
            });
            System.out.println("one session: " + (meanwhile - before) + " of " + PAIRS
                    + " reads right behind a write on standbys; "
                    + router.status().getLast());
        }
    }

    @Test
    void aReadWaitsForItsStandbyWhereItMay() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait 2s"));
                Connection session = router.connect()) {
            assertThat(stale(session, session, 1, 200)).isZero();
            assertThat(onStandbys(router)).isEqualTo(200);
        }
    }

    @Test
    void aReadSeesTheWritesOfOtherSessions() throws Exception {
        createTable();
        try (Connection writing = router.connect();
                Connection reading = router.connect()) {
            long before = onStandbys(router);
            assertThat(stale(writing, reading, 1, PAIRS)).isZero();
            System.out.println("two sessions: " + (onStandbys(router) - before) + " of " + PAIRS
                    + " reads right after a write on standbys; "
                    + router.status().getLast());
            long meanwhile = onStandbys(router);
            assertThat(meanwhile).isGreaterThan(before);
            Await.until("it reads from a standby", () -> {
                assertThat(Sql.ask(reading, "SELECT n FROM consistency")).isEqualTo("" + PAIRS);
                return onStandbys(router) > meanwhile;
            });
        }
    }

    @Test
    void aReadInAReadOnlyTransactionSeesTheWritesOfOtherSessions() throws Exception {
        createTable();
        try (Connection writing = router.connect();
                Connection reading = router.connect()) {
            reading.setAutoCommit(false);
            reading.setReadOnly(true);
            assertThat(Sql.ask(reading, "SELECT n FROM consistency")).isEqualTo("0");
            assertThat(stale(writing, reading, 1, 100)).isZero();
            reading.rollback();
            assertThat(Sql.ask(reading, "SELECT n FROM consistency")).isEqualTo("100");
            assertThat(Sql.ask(reading, "SHOW pgrouter.last_route")).startsWith("reader ");
            cluster.pauseReplay(2);
            cluster.pauseReplay(3);
            Sql.run(writing, "UPDATE consistency SET n = 101");
            assertThat(Sql.ask(reading, "SELECT n FROM consistency")).isEqualTo("101");
            assertThat(Sql.ask(reading, "SHOW pgrouter.last_route")).startsWith("writer: transaction");
        } finally {
            cluster.resumeReplay(2);
            cluster.resumeReplay(3);
        }
    }

    @Test
    void aSessionMaySeeOnlyItsOwnWrites() throws Exception {
        createTable();
        try (Connection writing = router.connect();
                Connection reading = router.connect()) {
            Sql.run(reading, "SET pgrouter.consistency = session");
            cluster.pauseReplay(2);
            cluster.pauseReplay(3);
            try {
                assertThat(stale(writing, reading, 1, 10)).isEqualTo(10);
                assertThat(stale(reading, reading, 11, 10)).isZero();
            } finally {
                cluster.resumeReplay(2);
                cluster.resumeReplay(3);
            }
        }
        cluster.awaitReplay(1);
    }

    /** The writes go past pgrouter: it cannot know them. */
    @Test
    void strictReadsSeeWritesThatDidNotPassThroughPgrouter() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(
                        cluster, new RouterProcess.Options().with("consistency strict; wait auto"));
                Connection writing = cluster.connect(1, "app", Login.APP);
                Connection reading = router.connect()) {
            assertThat(stale(writing, reading, 1, PAIRS)).isZero();
            assertThat(onStandbys(router)).isPositive();
            System.out.println("consistency strict: " + onStandbys(router) + " of " + PAIRS
                    + " reads right after a write elsewhere on standbys; "
                    + router.status().getLast());
        }
    }

    @Test
    void strictReadsSeeWritesOfAnotherPgrouter() throws Exception {
        createTable();
        RouterProcess.Options strict = new RouterProcess.Options().with("consistency strict; wait auto");
        try (RouterProcess one = RouterProcess.before(cluster, strict);
                RouterProcess other = RouterProcess.before(cluster, strict);
                Connection writing = one.connect();
                Connection reading = other.connect()) {
            assertThat(stale(writing, reading, 1, PAIRS)).isZero();
            assertThat(onStandbys(other)).isPositive();
        }
    }

    /** The procedure has committed, but its client is not told of that before it ends. */
    @Test
    void strictReadsSeeWritesThatAreNotAcknowledgedYet() throws Exception {
        createTable();
        cluster.run(
                1,
                "CREATE PROCEDURE commits_early() LANGUAGE plpgsql AS 'BEGIN UPDATE consistency SET n = 1; COMMIT;"
                        + " PERFORM pg_advisory_xact_lock(4711); END'");
        cluster.pauseReplay(2);
        cluster.pauseReplay(3);
        try (Connection holding = cluster.connect(1, "app", Login.APP);
                Connection writing = router.connect();
                Connection reading = router.connect();
                TaskScope scope = new TaskScope("writer")) {
            Sql.run(reading, "SET pgrouter.consistency = strict");
            Sql.run(holding, "SELECT pg_advisory_lock(4711)");
            Future<Integer> call = scope.fork(() -> {
                Sql.run(writing, "CALL commits_early()");
                return 0;
            });
            Await.until(
                    "the procedure has committed",
                    () -> Sql.ask(reading, "/* pgrouter: writer */ SELECT n FROM consistency")
                            .equals("1"));
            assertThat(Sql.ask(reading, "SELECT n FROM consistency")).isEqualTo("1");
            assertThat(call).isNotDone();
            Sql.run(holding, "SELECT pg_advisory_unlock(4711)");
            call.get();
        } finally {
            cluster.resumeReplay(2);
            cluster.resumeReplay(3);
        }
        cluster.awaitReplay(1);
    }

    @Test
    void aReadSeesTheWritesOfOtherSessionsThatStandbysReplayASecondLate() throws Exception {
        createTable();
        delayReplay("1s");
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            assertThat(stale(writing, reading, 1, PAIRS)).isZero();
        } finally {
            delayReplay("0");
        }
        cluster.awaitReplay(1);
    }

    @Test
    void aReadAfterAWriteWaitsAMomentForAStandby() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            assertThat(stale(writing, reading, 1, PAIRS)).isZero();
            System.out.println("wait auto: " + onStandbys(router) + " of " + PAIRS
                    + " reads right after a write of another session on standbys; "
                    + router.status().getLast());
            assertThat(onStandbys(router)).isPositive();
        }
    }

    /** The primary flushes the whole pages of such a load, and then nothing for some seconds. */
    @Test
    void aLoadThatNobodyHasCommittedMakesNoStandbyLate() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(
                        cluster, new RouterProcess.Options().with("backend default { lag 16mb 1s }"));
                Connection loading = cluster.connect(1, "app", Login.APP);
                Connection reading = router.connect()) {
            loading.setAutoCommit(false);
            Sql.run(loading, "INSERT INTO consistency SELECT generate_series(1, 10000)");
            long before = onStandbys(router);
            int reads = 0;
            for (Instant end = Instant.now().plusSeconds(3); Instant.now().isBefore(end); reads++) {
                Sql.ask(reading, "SELECT n FROM consistency");
            }
            assertThat(onStandbys(router) - before).isEqualTo(reads);
            loading.rollback();
        }
    }

    /** Its WAL is inserted, and not flushed before the next commit: no standby gets it. */
    @Test
    @Tag("versions")
    void aLargeTransactionOfAnotherDoesNotKeepReadsFromStandbys() throws Exception {
        createTable();
        cluster.run(1, "DROP TABLE IF EXISTS loaded; CREATE TABLE loaded(n int)");
        int pairs = 200;
        int stale = 0;
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait 500ms"));
                Connection loading = cluster.connect(1, "app", Login.APP);
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            loading.setAutoCommit(false);
            for (int i = 1; i <= pairs; i++) {
                Sql.run(writing, "UPDATE consistency SET n = " + i);
                Sql.run(loading, "INSERT INTO loaded SELECT generate_series(1, 20)");
                stale += Sql.ask(reading, "SELECT n FROM consistency").equals("" + i) ? 0 : 1;
            }
            loading.rollback();
            System.out.println("beside an open load: " + onStandbys(router) + " of " + pairs
                    + " reads right after a write of another session on standbys");
            assertThat(stale).isZero();
            assertThat(onStandbys(router)).isGreaterThan(pairs * 9 / 10);
        }
    }

    @Test
    @Tag("versions")
    void writesWithoutSynchronousCommitAreSeen() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            Sql.run(writing, "SET synchronous_commit = off");
            assertThat(stale(writing, reading, 1, 2000)).isZero();
        }
    }

    @Test
    @Tag("versions")
    void writesOfARoleWithoutSynchronousCommitAreSeen() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection reading = router.connect()) {
            cluster.run(1, "ALTER ROLE app SET synchronous_commit = off");
            try (Connection writing = router.connect()) {
                assertThat(Sql.ask(writing, "SHOW synchronous_commit")).isEqualTo("off");
                assertThat(stale(writing, reading, 1, 1000)).isZero();
                cluster.run(1, "ALTER ROLE app RESET synchronous_commit");
                assertThat(stale(writing, reading, 1001, 1000))
                        .as("the session keeps what it has got at its login")
                        .isZero();
            }
        } finally {
            cluster.run(1, "ALTER ROLE app RESET synchronous_commit");
        }
    }

    private void setOnTheServer(String change) throws SQLException {
        try (Connection primary = cluster.connect(1, "postgres", Login.SUPERUSER)) {
            Sql.run(primary, "ALTER SYSTEM " + change);
            Sql.run(primary, "SELECT pg_reload_conf()");
        }
    }

    /** The sessions take the setting over while they are open. */
    @Test
    @Tag("versions")
    void writesOfAServerWithoutSynchronousCommitAreSeen() throws Exception {
        createTable();
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            assertThat(stale(writing, reading, 1, 500)).isZero();
            setOnTheServer("SET synchronous_commit = off");
            assertThat(stale(writing, reading, 501, 500)).isZero();
            setOnTheServer("RESET synchronous_commit");
            assertThat(stale(writing, reading, 1001, 500)).isZero();
        } finally {
            setOnTheServer("RESET synchronous_commit");
        }
    }

    /** No text of a client names the trigger's function. */
    @Test
    @Tag("versions")
    void writesOfATriggerWithoutSynchronousCommitAreSeen() throws Exception {
        createTable();
        cluster.run(1, """
                CREATE OR REPLACE FUNCTION hurries() RETURNS trigger LANGUAGE plpgsql AS
                  $$BEGIN SET LOCAL synchronous_commit = off; RETURN NEW; END$$;
                CREATE TRIGGER hurries BEFORE UPDATE ON consistency FOR EACH ROW EXECUTE FUNCTION hurries()""");
        try (RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().with("wait auto"));
                Connection writing = router.connect();
                Connection reading = router.connect()) {
            assertThat(stale(writing, reading, 1, 1000)).isZero();
        } finally {
            cluster.run(1, "DROP FUNCTION hurries() CASCADE");
        }
    }

    @Test
    void eventualConsistencyReadsFromStandbysRightBehindAWrite() throws Exception {
        createTable();
        try (Connection session = router.connect()) {
            Sql.run(session, "SET pgrouter.consistency = eventual");
            Sql.run(session, "UPDATE consistency SET n = 1");
            Sql.ask(session, "SELECT n FROM consistency");
            assertThat(Sql.ask(session, "SHOW pgrouter.last_route")).startsWith("reader ");
        }
    }
}

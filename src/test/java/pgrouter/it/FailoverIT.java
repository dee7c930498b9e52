package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** Another node becomes the primary. */
class FailoverIT extends Outage {
    @Test
    void aStandbyIsPromotedWhenTheOldPrimaryWasStopped() throws Exception {
        beginAsynchronous();
        cluster.stop(1);
        cluster.promote(2);
        load.awaitProgress();
        cluster.follow(3, 2);
        cluster.follow(1, 2);
        router.awaitLine(address(1) + " standby OK");
        router.awaitLine(address(3) + " standby OK");
        load.awaitProgress();
        load.endAndCheck("promoted, the old primary stopped", cluster, 2);
    }

    @Test
    @Tag("versions")
    void aStandbyIsPromotedWhenThePrimaryWasKilled() throws Exception {
        begin(PostgresCluster.Options.standard().withSynchronousCommit());
        cluster.kill(1);
        load.awaitReads();
        int heir = furthest(2, 3);
        int other = 5 - heir;
        cluster.promote(heir);
        cluster.follow(other, heir);
        load.awaitProgress();
        cluster.follow(1, heir);
        router.awaitLine(address(1) + " standby OK");
        load.awaitProgress();
        load.endAndCheck("the primary killed, a standby promoted", cluster, heir);
    }

    /** A write is acknowledged when one of the standbys has it: the one that is further has all of them. */
    private int furthest(int one, int other) throws Exception {
        String position = cluster.ask(other, "SELECT pg_last_wal_receive_lsn()");
        boolean first = cluster.ask(one, "SELECT pg_last_wal_receive_lsn() >= '" + position + "'")
                .equals("t");
        return first ? one : other;
    }

    @Test
    void thePrimaryMovesAndMovesBack() throws Exception {
        beginAsynchronous();
        move(1, 2);
        load.awaitProgress();
        move(2, 1);
        load.awaitProgress();
        load.endAndCheck("switchover and back", cluster, 1);
        leaveToTheNext();
    }

    private void move(int from, int to) {
        cluster.stop(from);
        cluster.promote(to);
        cluster.follow(3, to);
        cluster.follow(from, to);
    }

    @Test
    void aFrozenPrimaryIsReplacedAndNotBelievedWhenItComesBack() throws Exception {
        begin(PostgresCluster.Options.standard().withSynchronousCommit());
        cluster.freeze(1);
        load.awaitReads();
        int heir = furthest(2, 3);
        int other = 5 - heir;
        cluster.promote(heir);
        cluster.follow(other, heir);
        load.awaitProgress();
        cluster.thaw(1);
        String disbelief = "health: backend " + address(1) + ": it says that it is the primary";
        Await.until(
                "the old primary is heard and not believed",
                () -> router.log().lines().anyMatch(line -> line.contains(" ERROR ") && line.contains(disbelief)));
        router.awaitLine(address(1) + " primary FAILED");
        load.awaitProgress();
        load.endAndCheck("the primary frozen, and back on its old timeline", cluster, heir);
    }

    @Test
    void readsThatMustSeeAWriteOfAnotherSessionGoOnAtTheStandbysThatHaveIt() throws Exception {
        cluster = PostgresCluster.start(PostgresCluster.Options.standard());
        router = RouterProcess.before(cluster, new RouterProcess.Options().health(HEALTH));
        try (Connection writing = router.connect();
                Connection reading = router.connect()) {
            Sql.run(writing, "CREATE TABLE seen (n int)");
            Sql.run(writing, "INSERT INTO seen VALUES (1)");
            Sql.awaitStandby(reading, "SELECT n FROM seen");
            cluster.kill(1);
            router.awaitLine(address(1) + " primary FAILED");
            for (int i = 0; i < 100; i++) {
                assertThat(Sql.ask(reading, "SELECT n FROM seen")).isEqualTo("1");
            }
            cluster.promote(2);
            Sql.run(writing, "UPDATE seen SET n = 2");
            assertThat(Sql.ask(reading, "SELECT n FROM seen")).isEqualTo("2");
        }
    }

    @Test
    @Tag("versions")
    void whatLivesInTheLostServerEndsTheSessionAndWhatDoesNotIsGivenToTheNewOne() throws Exception {
        cluster = PostgresCluster.start(PostgresCluster.Options.standard());
        router = RouterProcess.before(cluster, new RouterProcess.Options().health(HEALTH));
        try (Connection tied = router.connect();
                Connection free = router.connect();
                Connection within = router.connect()) {
            Sql.run(tied, "CREATE TEMP TABLE t (a int)");
            Sql.run(free, "SET application_name = 'kept'");
            Sql.run(free, "PREPARE p AS SELECT current_setting('application_name')");
            within.setAutoCommit(false);
            Sql.run(within, "CREATE TABLE never (a int)");
            cluster.stop(1);
            cluster.promote(2);
            assertThat(Failures.of(() -> Sql.ask(tied, "SELECT count(*) FROM t")))
                    .isEqualTo("57P01");
            assertThat(Sql.ask(free, "EXECUTE p")).isEqualTo("kept");
            Sql.run(free, "CREATE TABLE made (a int)");
            assertThat(Failures.of(() -> Sql.ask(within, "SELECT 1"))).isEqualTo("40001");
            assertThat(Failures.of(() -> Sql.ask(within, "SELECT 2"))).isEqualTo("25P02");
            within.rollback();
            assertThat(Sql.ask(within, "SELECT to_regclass('never') IS NULL AND to_regclass('made') IS NOT NULL"))
                    .isEqualTo("t");
        }
    }
}

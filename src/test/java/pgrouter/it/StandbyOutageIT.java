package pgrouter.it;

import org.junit.jupiter.api.Test;

/** Nodes go and come back, and the primary stays the same. */
final class StandbyOutageIT extends Outage {
    @Test
    void theStandbyThatIsReadFromIsKilled() throws Exception {
        beginAsynchronous();
        cluster.kill(2);
        load.awaitProgress();
        cluster.start(2);
        router.awaitLine(address(2) + " standby OK");
        load.awaitProgress();
        load.endAndCheck("a standby killed", cluster, 1);
        leaveToTheNext();
    }

    @Test
    void aStandbyThatConnectsAndNeverAnswersIsNotWaitedFor() throws Exception {
        beginAsynchronous();
        cluster.freeze(2);
        load.awaitProgress();
        router.awaitLine(address(2) + " standby FAILED");
        load.awaitProgress();
        cluster.thaw(2);
        router.awaitLine(address(2) + " standby OK");
        load.awaitProgress();
        load.endAndCheck("a standby frozen", cluster, 1);
        leaveToTheNext();
    }

    @Test
    void aStandbyWhoseReplayIsPausedIsLeftUntilItHasCaughtUp() throws Exception {
        beginAsynchronous();
        cluster.pauseReplay(2);
        load.awaitProgress();
        load.awaitProgress();
        cluster.resumeReplay(2);
        load.awaitProgress();
        load.endAndCheck("replay paused", cluster, 1);
        leaveToTheNext();
    }

    @Test
    void aPrimaryIsRestartedInItsPlace() throws Exception {
        beginAsynchronous();
        cluster.stop(1);
        load.awaitReads();
        cluster.start(1);
        load.awaitProgress();
        load.endAndCheck("the primary restarted", cluster, 1);
        leaveToTheNext();
    }

    @Test
    void allStandbysGoAndComeBack() throws Exception {
        beginAsynchronous();
        cluster.kill(2);
        cluster.stop(3);
        load.awaitProgress();
        cluster.start(2);
        cluster.start(3);
        router.awaitReadersAgain(2);
        load.awaitProgress();
        load.endAndCheck("all standbys gone and back", cluster, 1);
        leaveToTheNext();
    }
}

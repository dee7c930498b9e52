package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** The history of random optimistic transactions while all nodes fail, one after another, again and again. */
@EnabledIfSystemProperty(named = "pgrouter.long", matches = "true")
final class HistoryOutageIT {
    private static final long SEED = Long.getLong("pgrouter.seed", 1);
    private static final int ROUNDS = Integer.getInteger("pgrouter.rounds", 4);
    private static final int PART = 1000;
    private static final String CONFIG = "transactions optimistic\nwait 100ms";

    private PostgresCluster cluster;
    private RouterProcess router;
    private HistoryWorkload workload;

    /** Something that happens to the nodes, after which they are what they were. */
    private interface Trouble {
        void comeAndGo() throws Exception;
    }

    @Test
    void anOutageOfAnyNodeLeavesNoAnomaly() throws Exception {
        playRounds("nodes paused, frozen, stopped and killed", () -> {
            cluster.pauseReplay(2);
            workload.awaitMore(PART);
            cluster.resumeReplay(2);
            workload.awaitMore(PART);
            cluster.kill(2);
            workload.awaitMore(PART);
            cluster.start(2);
            cluster.freeze(3);
            workload.awaitMore(PART);
            cluster.thaw(3);
            workload.awaitMore(PART);
            cluster.kill(1);
            cluster.start(1);
            workload.awaitMore(PART);
            cluster.stop(1);
            cluster.start(1);
            workload.awaitMore(PART);
        });
    }

    @Test
    void aPrimaryThatMovesAndMovesBackLeavesNoAnomaly() throws Exception {
        playRounds("the primary moved and moved back", () -> {
            move(1, 2);
            workload.awaitMore(PART);
            move(2, 1);
            workload.awaitMore(PART);
        });
    }

    /** A node that is stopped in good order has sent all that it has acknowledged. */
    private void move(int from, int to) {
        cluster.stop(from);
        cluster.promote(to);
        cluster.follow(3, to);
        cluster.follow(from, to);
    }

    private void playRounds(String story, Trouble trouble) throws Exception {
        try (PostgresCluster started = PostgresCluster.start(PostgresCluster.Options.standard());
                RouterProcess before = RouterProcess.before(
                        started, new RouterProcess.Options().with(CONFIG).health(Outage.HEALTH));
                HistoryWorkload made = HistoryWorkload.on(started, before::connect, true)) {
            cluster = started;
            router = before;
            workload = made;
            HistoryWorkload.delayReplay(cluster, 2, "2ms");
            HistoryWorkload.delayReplay(cluster, 3, "20ms");
            workload.begin(SEED);
            workload.awaitMore(PART);
            for (int round = 0; round < ROUNDS; round++) {
                trouble.comeAndGo();
            }
            assertThat(HistoryWorkload.withoutBackward(workload.check(story, workload.end(cluster, 1))))
                    .isEmpty();
            router.awaitReadersAgain(2);
        }
    }
}

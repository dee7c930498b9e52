package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.LongRun;
import pgrouter.testing.PatchedClass;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;
import pgrouter.testing.history.Anomaly;
import pgrouter.testing.history.Anomaly.Kind;
import pgrouter.testing.history.History;
import pgrouter.testing.history.Key;
import pgrouter.testing.history.Transaction;

/**
 * Random transactions through pgrouter have a history that the primary alone could have. Without the comparison of the replies they have
 * another one, and the checker sees that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedCluster.class)
final class HistoryIT {
    private static final long SEED = Long.getLong("pgrouter.seed", 1);
    private static final int PART = LongRun.repetitions(200, 5000);
    private static final int MOST_ROUNDS = 20;

    /** A read waits for the delayed standby, not for the paused one. */
    private static final String OPTIMISTIC = "transactions optimistic\nwait 100ms";

    private final PostgresCluster cluster;
    private RouterProcess router;

    HistoryIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start() throws Exception {
        router = RouterProcess.before(cluster, new RouterProcess.Options().with(OPTIMISTIC));
        HistoryWorkload.delayReplay(cluster, 3, "10ms");
    }

    @AfterAll
    void stop() throws Exception {
        HistoryWorkload.delayReplay(cluster, 3, "0");
        router.close();
    }

    private HistoryWorkload on(RouterProcess anyRouter) throws SQLException {
        return HistoryWorkload.on(cluster, anyRouter::connect, true);
    }

    private HistoryWorkload onSessions(String setting) throws SQLException {
        HistoryWorkload.Source source = () -> {
            Connection connection = router.connect();
            Sql.run(connection, setting);
            return connection;
        };
        return HistoryWorkload.on(cluster, source, true);
    }

    @Test
    void optimisticTransactionsHaveAHistoryOfThePrimary() throws Exception {
        try (HistoryWorkload workload = on(router).begin(SEED)) {
            workload.awaitMore(4 * PART);
            cluster.pauseReplay(2);
            try {
                workload.awaitMore(PART);
            } finally {
                cluster.resumeReplay(2);
            }
            cluster.kill(2);
            workload.awaitMore(PART);
            cluster.start(2);
            router.awaitReadersAgain(2);
            workload.awaitMore(PART);
            History history = workload.end(cluster, 1);
            assertThat(HistoryWorkload.withoutBackward(workload.check("optimistic", history)))
                    .isEmpty();
            assertThat(history.transactions()).anyMatch(Transaction::movedToWrite);
        }
    }

    @Test
    void withStrictConsistencyNoReadGoesBackEither() throws Exception {
        try (HistoryWorkload workload =
                onSessions("SET pgrouter.consistency = strict").begin(SEED)) {
            workload.awaitMore(2 * PART);
            assertThat(workload.check("optimistic, strict", workload.end(cluster, 1)))
                    .isEmpty();
        }
    }

    @Test
    void transactionsOfThePrimaryHaveItThroughPgrouterToo() throws Exception {
        try (HistoryWorkload workload =
                onSessions("SET pgrouter.transactions = 'primary'").begin(SEED)) {
            workload.awaitMore(2 * PART);
            assertThat(workload.check("transactions primary", workload.end(cluster, 1)))
                    .isEmpty();
        }
    }

    @Test
    void thePrimaryAloneHasIt() throws Exception {
        try (HistoryWorkload workload = HistoryWorkload.on(cluster, () -> cluster.connect(1, "app", Login.APP), false)
                .begin(SEED)) {
            workload.awaitMore(2 * PART);
            assertThat(workload.check("the primary alone", workload.end(cluster, 1)))
                    .isEmpty();
        }
    }

    @Test
    void withEventualConsistencyReadsAreStale() throws Exception {
        Set<Kind> found = EnumSet.noneOf(Kind.class);
        for (int round = 0; round < MOST_ROUNDS && !found.contains(Kind.STALE_READ); round++) {
            try (HistoryWorkload workload =
                    onSessions("SET pgrouter.consistency = eventual").begin(SEED + round)) {
                workload.awaitMore(PART);
                found.addAll(kinds(workload.check("eventual consistency", workload.end(cluster, 1))));
            }
        }
        assertThat(found).contains(Kind.STALE_READ);
    }

    @Test
    void withoutTheComparisonThereAreAnomalies(@TempDir Path classes) throws Exception {
        try (RouterProcess unchecked = unchecked(classes)) {
            assertThat(kinds(writeUponAnOldRead(unchecked))).contains(Kind.LOST_UPDATE);
            Set<Kind> found = EnumSet.noneOf(Kind.class);
            for (int round = 0; round < MOST_ROUNDS && found.isEmpty(); round++) {
                try (HistoryWorkload workload = on(unchecked).begin(SEED + round)) {
                    workload.awaitMore(PART);
                    found.addAll(kinds(workload.check("no comparison", workload.end(cluster, 1))));
                }
            }
            assertThat(found).isNotEmpty();
        }
    }

    /** Another client writes the register between the read and the write of a transaction. */
    private List<Anomaly> writeUponAnOldRead(RouterProcess unchecked) throws Exception {
        Key key = new Key(Key.Kind.REGISTER, 0);
        try (HistoryWorkload workload = on(unchecked)) {
            HistoryClient early = new HistoryClient(workload, 0, SEED);
            HistoryClient late = new HistoryClient(workload, 2, SEED);
            try (Connection ofEarly = early.connect();
                    Connection ofLate = late.connect()) {
                Sql.awaitStandby(ofLate, "SELECT v FROM entry");
                ofLate.rollback();
                late.transact(ofLate, () -> {
                    List<Integer> seen = late.read(ofLate, key);
                    early.transact(ofEarly, () -> early.overwrite(ofEarly, key, early.read(ofEarly, key)));
                    late.overwrite(ofLate, key, seen);
                });
            }
            return workload.check("no comparison, by hand", workload.end(cluster, 1));
        }
    }

    private static Set<Kind> kinds(List<Anomaly> anomalies) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        anomalies.forEach(anomaly -> kinds.add(anomaly.kind()));
        return kinds;
    }

    /** A pgrouter to which all replies are equal. */
    private RouterProcess unchecked(Path classes) throws IOException {
        String equals = """
                ) {
                    @Override public boolean equals(Object other) { return true; }
                    @Override public int hashCode() { return 0; }
                """;
        PatchedClass.compile("pgrouter/exchange/Digest.java", text -> text.replaceFirst("\\) \\{\n", equals), classes);
        return RouterProcess.before(
                cluster, new RouterProcess.Options().patchedBy(classes).with(OPTIMISTIC));
    }
}

package pgrouter.it;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/**
 * Measures how long writes are away for more than PostgreSQL is: from the moment the promoted node accepts them to the first one
 * through pgrouter. Prints figures and asserts on none of them.
 */
@EnabledIfSystemProperty(named = "pgrouter.long", matches = "true")
class FailoverGapIT {
    private static final int RUNS = 10;

    @Test
    void whatAPromotionCosts() throws Exception {
        List<Duration> writes = new ArrayList<>();
        List<Duration> reads = new ArrayList<>();
        try (PostgresCluster cluster = PostgresCluster.start(PostgresCluster.Options.standard());
                RouterProcess router = RouterProcess.before(cluster);
                Load load = Load.on(cluster, router)) {
            int primary = 1;
            for (int run = 0; run < RUNS; run++) {
                int heir = primary == 1 ? 2 : 1;
                load.longestReadGap();
                writes.add(promote(cluster, load, primary, heir));
                reads.add(load.longestReadGap());
                cluster.follow(3, heir);
                cluster.follow(primary, heir);
                load.awaitProgress();
                primary = heir;
            }
        }
        print("from a writable primary to a write", writes);
        print("longest time without a read", reads);
    }

    private static Duration promote(PostgresCluster cluster, Load load, int primary, int heir) throws Exception {
        try (Connection direct = cluster.connect(heir, "app", PostgresCluster.Login.APP)) {
            cluster.kill(primary);
            load.awaitReads();
            Thread promotion = Thread.ofPlatform().start(() -> cluster.promote(heir));
            while (Sql.ask(direct, "SELECT pg_is_in_recovery()").equals("t")) {
                Thread.onSpinWait();
            }
            Duration gap = load.untilNextWrite();
            promotion.join();
            return gap;
        }
    }

    private static void print(String what, List<Duration> times) {
        Collections.sort(times);
        System.out.printf(
                "%s, %d promotions: median %d ms, worst %d ms%n",
                what,
                times.size(),
                times.get(times.size() / 2).toMillis(),
                times.getLast().toMillis());
    }
}

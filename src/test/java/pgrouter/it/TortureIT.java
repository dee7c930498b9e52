package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;
import pgrouter.testing.Vitals;

/**
 * Innocent clients beside all attackers at once, in a small JVM with few descriptors: none of them gets a wrong answer or is turned
 * away, and at the end pgrouter has no more than before. Half a minute, an hour in a long run, or as many seconds as the system
 * property {@code pgrouter.torture} says; {@code -Dpgrouter.seed=N} for other attacks.
 */
@ExtendWith(SharedCluster.class)
final class TortureIT {
    private static final Duration LENGTH =
            Duration.ofSeconds(Integer.getInteger("pgrouter.torture", LongRun.repetitions(20, 3600)));

    private static final long SEED = Long.getLong("pgrouter.seed", 7);
    private static final int INNOCENTS = 4;
    private static final int ATTACKERS = 3;
    private static final int DESCRIPTORS = 1024;
    private static final long THINKING_NANOS = 20_000_000;
    private static final long MEGABYTE = 1 << 20;

    /** What the nodes are asked with may be between two connections. */
    private static final int BETWEEN = 10;

    private final PostgresCluster cluster;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> attacks = new ConcurrentHashMap<>();
    private volatile boolean running;

    TortureIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void nobodyHarmsAnybody() throws Exception {
        Vitals.assumeKnown();
        cluster.run(1, "CREATE TABLE torture (id int PRIMARY KEY, n int NOT NULL)");
        cluster.run(1, "INSERT INTO torture SELECT id, 0 FROM generate_series(0, " + (INNOCENTS - 1) + ") id");
        cluster.awaitReplay(1);
        RouterProcess.Options options = new RouterProcess.Options()
                .java("-Xmx128m")
                .descriptors(DESCRIPTORS)
                .http()
                .with("pool { idle 1s }\nlog INFO");
        try (RouterProcess router = RouterProcess.before(cluster, options)) {
            String alone = live(router, LENGTH.dividedBy(4), false);
            live(router, LENGTH.dividedBy(4), true);
            awaitRest(router);
            Vitals vitals = router.vitals();
            long heap = vitals.heap();
            long all = vitals.threads();
            long descriptors = vitals.descriptors();
            String among = live(router, LENGTH, true);
            awaitRest(router);
            System.out.printf(
                    "torture: seed %d, alone %s, among attackers %s, attacks %s%n", SEED, alone, among, attacks());
            System.out.printf("torture: heap %d -> %d kB%n", heap / 1024, vitals.heap() / 1024);
            Await.until("no more descriptors", () -> vitals.descriptors() <= descriptors + BETWEEN);
            Await.until("no more threads", () -> vitals.threads() <= all + BETWEEN);
            assertThat(vitals.heap()).isLessThan(heap + 8 * MEGABYTE);
            assertThat(router.log().lines())
                    .as("no fault is swallowed")
                    .noneMatch(line -> line.contains("internal error") || line.contains("java.lang."));
        }
        cluster.run(1, "DROP TABLE torture");
    }

    private Map<String, AtomicLong> attacks() {
        return new TreeMap<>(attacks);
    }

    /** @return how long the innocents' requests took */
    private String live(RouterProcess router, Duration time, boolean attacked) throws InterruptedException {
        running = true;
        nanos.clear();
        for (int i = 0; i < INNOCENTS; i++) {
            int id = i;
            threads.add(Thread.ofPlatform().start(() -> beInnocent(router, id)));
        }
        for (int i = 0; attacked && i < ATTACKERS; i++) {
            Attacks those = new Attacks(router.port(), new SplittableRandom(SEED + i));
            threads.add(Thread.ofPlatform().start(() -> attack(those)));
        }
        Thread.sleep(time);
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        assertThat(faults).isEmpty();
        return percentiles();
    }

    private void attack(Attacks those) {
        while (running) {
            String name = those.next();
            attacks.computeIfAbsent(name, none -> new AtomicLong()).incrementAndGet();
            those.run(name);
        }
    }

    /** Writes and reads what it has written, on one connection for a while, and then on a new one. */
    private void beInnocent(RouterProcess router, int id) {
        try {
            int n = Integer.parseInt(cluster.ask(1, "SELECT n FROM torture WHERE id = " + id));
            while (running) {
                try (Connection connection = router.connect()) {
                    for (int i = 0; running && i < 50; i++) {
                        long start = System.nanoTime();
                        n = request(connection, id, n);
                        nanos.add(System.nanoTime() - start);
                        LockSupport.parkNanos(THINKING_NANOS);
                    }
                }
            }
        } catch (SQLException | RuntimeException e) {
            faults.add("innocent " + id + ": " + e);
        }
    }

    private int request(Connection connection, int id, int n) throws SQLException {
        if (!Sql.ask(connection, "SELECT sum(g) FROM generate_series(1, 100) g").equals("5050")) {
            faults.add("a wrong sum");
        }
        Sql.run(connection, "UPDATE torture SET n = n + 1 WHERE id = " + id);
        String found = Sql.ask(connection, "SELECT n FROM torture WHERE id = " + id);
        if (!found.equals("" + (n + 1))) {
            faults.add("innocent " + id + " has written " + (n + 1) + " and reads " + found);
        }
        return n + 1;
    }

    private String percentiles() {
        List<Long> sorted = nanos.stream().sorted().toList();
        return "%d turns, median %.1f ms, p99 %.1f ms"
                .formatted(
                        sorted.size(), sorted.get(sorted.size() / 2) / 1e6, sorted.get(sorted.size() * 99 / 100) / 1e6);
    }

    /** No client is there, and no connection is kept for the next one. */
    private void awaitRest(RouterProcess router) {
        router.awaitStatus("nobody is there", status -> status.contains("clients 0"));
        router.awaitKept(0);
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;
import pgrouter.testing.Vitals;

/** How pgrouter is told to reload and to end, and what it does not take. */
@ExtendWith(SharedCluster.class)
class LifecycleIT {
    /** So many of the load's sessions may have been between two readers when first counted; a leak is one per reload. */
    private static final int BETWEEN = 20;

    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void share(PostgresCluster shared) {
        cluster = shared;
    }

    private RouterProcess start(String directives) throws Exception {
        return start(new RouterProcess.Options().with(directives));
    }

    private RouterProcess start(RouterProcess.Options options) throws Exception {
        router = RouterProcess.before(cluster, options);
        return router;
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private static String address(int node) {
        return RouterProcess.address(cluster, node);
    }

    @Test
    void whatIsUnderWayEndsBeforePgrouterDoes() throws Exception {
        start("shutdown 1m");
        try (Connection idle = router.connect();
                Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TABLE finished (a int)");
            router.signal("TERM");
            Await.until("an idle session is ended", () -> !idle.isValid(5));
            assertThat(router.isAlive()).isTrue();
            assertThat(Failures.of(router::connect)).startsWith("08");
            Sql.run(busy, "INSERT INTO finished VALUES (1)");
            busy.commit();
            assertThat(router.awaitExit()).isZero();
        }
        assertThat(cluster.ask(1, "SELECT count(*) FROM finished")).isEqualTo("1");
        cluster.run(1, "DROP TABLE finished");
    }

    @Test
    void theTimeForTheEndIsLimited() throws Exception {
        start("shutdown 200ms");
        try (Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TABLE never (a int)");
            router.signal("TERM");
            assertThat(router.awaitExit()).isZero();
            assertThat(router.log()).contains("the time for the shutdown is over");
        }
    }

    @Test
    void aSecondSignalEndsPgrouterAtOnce() throws Exception {
        start("shutdown 1h");
        try (Connection idle = router.connect();
                Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TABLE never (a int)");
            router.signal("TERM");
            Await.until("an idle session is ended", () -> !idle.isValid(5));
            router.signal("INT");
            assertThat(router.awaitExit()).isZero();
        }
    }

    @Test
    void aReloadDrainsAndAddsAndRemovesBackends() throws Exception {
        start("");
        try (Connection connection = router.connect()) {
            router.rewrite(
                    text -> text.replace("backend " + address(2) + "\n", "backend " + address(2) + " { weight 0 }\n"));
            router.reload();
            long before = router.count(address(2), "reads");
            for (int i = 0; i < 20; i++) {
                Sql.ask(connection, "SELECT 1");
            }
            assertThat(router.count(address(2), "reads")).isEqualTo(before);

            router.rewrite(text -> text.replace("backend " + address(3) + "\n", ""));
            router.reload();
            assertThat(router.status()).noneMatch(line -> line.startsWith(address(3)));
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");

            router.rewrite(text -> text.replace(" { weight 0 }", "") + "backend " + address(3) + " { lag 1gb }\n");
            router.reload();
            router.awaitLine(address(3) + " standby OK 0/1073741824");
            Await.until("the session reads from a standby again", () -> {
                Sql.ask(connection, "SELECT 1");
                return router.count(address(2), "reads") + router.count(address(3), "reads") > before;
            });
        }
    }

    @Test
    void aBrokenFileChangesNothingAndWhatNeedsARestartIsNamed() throws Exception {
        start("clients 7");
        router.rewrite(text -> text + "bakend x\n");
        router.reload();
        assertThat(router.log().lines())
                .anyMatch(line -> line.contains(" ERROR ")
                        && line.contains("pgrouter: not reloaded: ")
                        && line.endsWith("did you mean `backend`?"));
        assertThat(router.status()).anyMatch(line -> line.startsWith(address(3) + " standby OK"));
        router.rewrite(text -> text.replace("bakend x\n", "").replace("clients 7", "workers 2; pidfile p"));
        router.reload();
        assertThat(router.log()).contains("reloaded, but for what needs a restart: workers, pidfile");
    }

    /** The JVM leaves a signal alone that it was started to ignore. */
    @Test
    void startedAsByNohupItSaysThatItDoesNotReload() throws Exception {
        start(new RouterProcess.Options().ignoringHangUp());
        router.awaitLog("SIGHUP is ignored here, as the process was started so");
        router.signal("HUP");
        try (Connection connection = router.connect()) {
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
        }
        assertThat(router.log()).doesNotContain("reloaded");
        router.signal("TERM");
        assertThat(router.awaitExit()).isZero();
    }

    @Test
    void moreClientsThanAllowedAreRefused() throws Exception {
        start("clients 2");
        try (Connection one = router.connect()) {
            try (Connection two = router.connect()) {
                assertThat(Failures.of(router::connect)).isEqualTo("53300");
                assertThat(Sql.ask(two, "SELECT 1")).isEqualTo("1");
            }
            Await.until("the place is free again", () -> {
                try (Connection three = router.connect()) {
                    return Sql.ask(three, "SELECT 1").equals("1");
                } catch (SQLException e) {
                    return false;
                }
            });
            assertThat(Sql.ask(one, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aClientThatSaysNothingIsNotKept() throws Exception {
        start("login 1h");
        try (Connection patient = router.connect()) {
            router.rewrite(text -> text.replace("login 1h", "login 300ms"));
            router.reload();
            try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), router.port())) {
                silent.setSoTimeout(30_000);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(Sql.ask(patient, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anIdleSessionEndsWhereTheConfigurationSaysSo() throws Exception {
        start("idle 1s");
        try (Connection idle = router.connect();
                Connection within = router.connect()) {
            within.setAutoCommit(false);
            Sql.ask(within, "SELECT 1");
            Await.until("the idle session has ended", () -> router.status().contains("clients 1"));
            assertThat(Failures.of(() -> Sql.ask(idle, "SELECT 1"))).isEqualTo("57P05");
            assertThat(Sql.ask(within, "SELECT 2")).isEqualTo("2");
        }
    }

    @Test
    void withFewDescriptorsItHasSomeLeftForAClientAndTheMonitor() throws Exception {
        start(new RouterProcess.Options().descriptors(120).with("login 1h"));
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 25; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), router.port()));
            }
            Await.until("there are too many", () -> router.log().contains("as many connections have not logged in"));
            assertThat(router.status()).anyMatch(line -> line.startsWith("workers "));
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
            }
            assertThat(router.log()).doesNotContain("a connection could not be accepted");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aThousandReloadsUnderLoadLeaveNothingBehind() throws Exception {
        int reloads = LongRun.repetitions(20, 1000);
        start(new RouterProcess.Options().java("-Xmx256m"));
        try (Load load = Load.on(cluster, router)) {
            reload(10);
            Vitals vitals = router.vitals();
            long sockets = vitals.descriptors();
            long threads = vitals.threads();
            long heap = vitals.heap();
            reload(reloads);
            load.awaitProgress();
            Await.until("no more descriptors than before: " + sockets, () -> vitals.descriptors() <= sockets + BETWEEN);
            Await.until("no more threads than before: " + threads, () -> vitals.threads() <= threads + BETWEEN);
            long after = vitals.heap();
            System.out.printf(
                    "%d reloads: descriptors %d -> %d, threads %d -> %d, heap after GC %d -> %d kB%n",
                    reloads, sockets, vitals.descriptors(), threads, vitals.threads(), heap / 1024, after / 1024);
            assertThat(after).isLessThan(heap + (4 << 20));
            load.endAndCheck(reloads + " reloads", cluster, 1);
        } finally {
            cluster.run(1, "DROP TABLE ledger, account");
        }
    }

    /** Now with a standby more, now with another weight. */
    private void reload(int times) throws Exception {
        String line = "backend " + address(3) + "\n";
        for (int i = 0; i < times; i++) {
            String now = i % 3 == 0 ? "" : "backend " + address(3) + " { weight " + i % 7 + " }\n";
            router.rewrite(text -> text.replaceAll("backend " + address(3) + ".*\n", "") + now);
            router.reload();
        }
        router.rewrite(text -> text.replaceAll("backend " + address(3) + ".*\n", "") + line);
        router.reload();
        router.awaitLine(address(3) + " standby OK");
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;
import pgrouter.testing.Vitals;

/** Who does not read holds up nobody else, and costs pgrouter no more than its buffers. */
@ExtendWith(SharedCluster.class)
class SlowReaderIT {
    /** Several times what pgrouter may have in memory, and what the sockets keep. */
    private static final int ROWS = LongRun.repetitions(300_000, 1_000_000);

    private static final int ROW = 4 + 2 + 4 + 1000;
    private static final long MEGABYTE = 1 << 20;

    /** A request or a reply of a session may be kept up to 256 kB. */
    private static final long BUFFERS = MEGABYTE;

    private final PostgresCluster cluster;
    private RouterProcess router;
    private Connection neighbour;

    SlowReaderIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** What the first requests cost, and a large result, is paid before anything is measured. */
    @BeforeEach
    void start() throws Exception {
        Vitals.assumeKnown();
        cluster.run(1, "CREATE TABLE meanwhile (id int); CREATE TABLE copied (id int PRIMARY KEY, t text)");
        cluster.awaitReplay(1);
        router = RouterProcess.before(
                cluster, new RouterProcess.Options().java("-XX:+UseSerialGC").java("-Xmx64m"));
        neighbour = router.connect();
        readsAndWrites(2_000);
        try (FakeClient client = client()) {
            client.send(select(ROWS / 5));
            readRows(client, ROWS / 5);
            assertThat(client.reply()).containsExactly("Complete SELECT " + ROWS / 5, "Ready I");
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (router != null) {
            neighbour.close();
            router.close();
            cluster.run(1, "DROP TABLE meanwhile, copied");
        }
    }

    private FakeClient client() throws IOException {
        FakeClient client = FakeClient.dialPatiently(router.port());
        assertThat(client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret"))
                .last()
                .isEqualTo("Ready I");
        return client;
    }

    private static byte[] select(int rows) {
        return Frontend.query("SELECT repeat('x', 1000) FROM generate_series(1, " + rows + ")");
    }

    private static void readRows(FakeClient client, int rows) throws IOException {
        assertThat(client.read()).isEqualTo("RowDescription");
        skipRows(client, rows);
    }

    private static void skipRows(FakeClient client, int rows) throws IOException {
        for (int row = 0; row < rows; row++) {
            assertThat(client.skipMessage()).isEqualTo(ROW);
        }
    }

    private void readsAndWrites(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(Sql.ask(neighbour, "SELECT 1")).isEqualTo("1");
            if (i % 10 == 0) {
                Sql.run(neighbour, "INSERT INTO meanwhile VALUES (1)");
            }
        }
    }

    private boolean waits(String event) throws Exception {
        for (int node = 1; node <= cluster.nodes(); node++) {
            if (!cluster.ask(
                            node,
                            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND wait_event = '" + event
                                    + "'")
                    .equals("0")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aClientThatStopsReadingInTheMiddleOfAResultGetsTheRestWhenItGoesOn() throws Exception {
        try (FakeClient slow = client()) {
            long heap = router.vitals().heap();
            long resident = router.vitals().resident();
            slow.send(select(ROWS));
            readRows(slow, 1000);
            Await.until("the server cannot go on", () -> waits("ClientWrite"));
            readsAndWrites(2_000);
            assertThat(waits("ClientWrite")).isTrue();
            assertLittle(heap, resident, "a client that does not read");
            skipRows(slow, ROWS - 1000);
            assertThat(slow.reply()).containsExactly("Complete SELECT " + ROWS, "Ready I");
        }
    }

    private void assertLittle(long heap, long resident, String who) throws IOException {
        long more = router.vitals().resident() - resident;
        long objects = router.vitals().heap() - heap;
        System.out.printf("%s: %d kB more of living objects, %d kB more resident%n", who, objects / 1024, more / 1024);
        assertThat(objects).isLessThan(BUFFERS);
        assertThat(more).isLessThan(16 * MEGABYTE);
    }

    /** The first row waits for what another session has inserted: the server reads no further. */
    @Test
    void aServerThatStopsReadingInTheMiddleOfACopyHoldsUpItsClientOnly() throws Exception {
        try (Connection owner = cluster.connect(1, "app", PostgresCluster.Login.APP);
                FakeClient client = client()) {
            owner.setAutoCommit(false);
            Sql.run(owner, "INSERT INTO copied VALUES (0, 'not for long')");
            long heap = router.vitals().heap();
            long resident = router.vitals().resident();
            client.send(Frontend.query("COPY copied FROM STDIN"));
            client.expect("CopyIn");
            AtomicInteger sent = new AtomicInteger();
            FutureTask<Boolean> copy = new FutureTask<>(() -> copy(client, sent));
            Thread.ofPlatform().start(copy);
            Await.until("the server waits", () -> waits("transactionid"));
            Await.until("the client waits", () -> staysDuringRequests(sent));
            assertThat(copy.isDone()).isFalse();
            assertLittle(heap, resident, "a server that does not read");
            owner.rollback();
            assertThat(copy.get()).isTrue();
            assertThat(client.reply()).containsExactly("Complete COPY " + ROWS / 2, "Ready I");
        }
        assertThat(cluster.ask(1, "SELECT count(*) FROM copied")).isEqualTo(Integer.toString(ROWS / 2));
    }

    private boolean staysDuringRequests(AtomicInteger sent) throws Exception {
        int before = sent.get();
        readsAndWrites(500);
        return before > 0 && sent.get() == before;
    }

    private static boolean copy(FakeClient client, AtomicInteger sent) throws IOException {
        byte[] text = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        for (int row = 0; row < ROWS / 2; row++) {
            client.send(Frontend.copyData(row + "\t" + new String(text, StandardCharsets.US_ASCII) + "\n"));
            sent.incrementAndGet();
        }
        client.send(Frontend.copyDone());
        return true;
    }
}

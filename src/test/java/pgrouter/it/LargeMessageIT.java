package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.protocol.MessageBuilder;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Messages that are larger than the whole memory of pgrouter. */
@ExtendWith(SharedCluster.class)
class LargeMessageIT {
    private static final int MEGABYTE = 1 << 20;

    /** A kilobyte each. */
    private static final int ROWS = LongRun.repetitions(100_000, 300_000);

    private static PostgresCluster cluster;
    private static RouterProcess router;

    @BeforeAll
    static void start(PostgresCluster shared) throws Exception {
        cluster = shared;
        router = RouterProcess.before(cluster, new RouterProcess.Options().java("-Xmx32m"));
    }

    @AfterAll
    static void stop() throws Exception {
        router.close();
    }

    @BeforeEach
    void makeTable() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS large; CREATE TABLE large(t text)");
        cluster.awaitReplay(1);
    }

    @AfterEach
    void dropTable() throws Exception {
        cluster.run(1, "DROP TABLE large");
    }

    private FakeClient client() throws IOException {
        FakeClient client = FakeClient.dialPatiently(router.port());
        List<String> greeting =
                client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
        assertThat(greeting).last().isEqualTo("Ready I");
        return client;
    }

    private static byte[] header(byte tag, int rest, int megabytes) {
        int length = 4 + rest + megabytes * MEGABYTE;
        return new MessageBuilder().int8(tag).int32(length).toByteArray();
    }

    /** In pieces, so that the test needs no more memory than pgrouter has. */
    private static void sendMegabytes(FakeClient client, int megabytes) throws IOException {
        byte[] piece = new byte[MEGABYTE];
        Arrays.fill(piece, (byte) 'x');
        for (int i = 0; i < megabytes; i++) {
            client.send(piece);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void anInsertOf100MegabytesPassesASmallJvm() throws Exception {
        insert(100);
    }

    @Test
    @Tag("long")
    void anInsertOf700MegabytesPassesASmallJvm() throws Exception {
        insert(700);
    }

    /** In values of 100 MB, since PostgreSQL's lexer takes no literal of more than 512 MB. */
    private void insert(int megabytes) throws Exception {
        try (FakeClient client = client()) {
            int values = megabytes / 100;
            byte[] begin = ascii("INSERT INTO large VALUES ('");
            byte[] between = ascii("'), ('");
            byte[] end = ascii("')\0");
            client.send(
                    header((byte) 'Q', begin.length + (values - 1) * between.length + end.length, megabytes), begin);
            for (int value = 0; value < values; value++) {
                client.send(value == 0 ? new byte[0] : between);
                sendMegabytes(client, 100);
            }
            client.send(end);
            assertThat(client.reply()).containsExactly("Complete INSERT 0 " + values, "Ready I");
            client.send(Frontend.query("SELECT sum(length(t)) FROM large"));
            assertThat(client.reply()).contains("Row " + megabytes * MEGABYTE);
        }
    }

    @Test
    void aParameterOf100MegabytesPassesASmallJvm() throws Exception {
        try (FakeClient client = client()) {
            client.send(Frontend.parse("s", "INSERT INTO large VALUES ($1)"));
            byte[] value = new MessageBuilder()
                    .string("")
                    .string("s")
                    .int16(0)
                    .int16(1)
                    .int32(100 * MEGABYTE)
                    .toByteArray();
            client.send(header((byte) 'B', value.length + 2, 100), value);
            sendMegabytes(client, 100);
            client.send(new byte[2], Frontend.execute(), Frontend.sync());
            assertThat(client.reply())
                    .containsExactly("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready I");
        }
    }

    @Test
    void aRowOf100MegabytesPassesASmallJvm() throws Exception {
        select(100);
    }

    @Test
    @Tag("long")
    void aRowOf1000MegabytesPassesASmallJvm() throws Exception {
        select(1000);
    }

    private void select(int megabytes) throws Exception {
        long before = router.count(RouterProcess.address(cluster, 1), "writes");
        try (FakeClient client = client()) {
            client.send(Frontend.query("SELECT repeat('x', " + megabytes * MEGABYTE + ")"));
            assertThat(client.read()).isEqualTo("RowDescription");
            assertThat(client.skipMessage()).isEqualTo(4 + 2 + 4 + megabytes * MEGABYTE);
            assertThat(client.reply()).containsExactly("Complete SELECT 1", "Ready I");
        }
        assertThat(router.count(RouterProcess.address(cluster, 1), "writes")).isEqualTo(before);
    }

    @Test
    void aLargeResultInManyRowsPassesASmallJvm() throws Exception {
        try (FakeClient client = client()) {
            client.send(Frontend.query("SELECT repeat('x', 1000) FROM generate_series(1, " + ROWS + ")"));
            assertThat(client.read()).isEqualTo("RowDescription");
            for (int row = 0; row < ROWS; row++) {
                client.skipMessage();
            }
            assertThat(client.reply()).containsExactly("Complete SELECT " + ROWS, "Ready I");
        }
    }
}

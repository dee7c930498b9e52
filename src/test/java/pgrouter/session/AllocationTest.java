package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;

/** A request makes hardly any garbage: what the carriers allocate is counted by the JVM. */
@Timeout(300)
final class AllocationTest {
    /** In bytes a request: the compiler does away with a small object in one run and not in another. */
    private static final long MOST = 250;

    private static final int REQUESTS = 10_000;

    /** By then all that is hot is compiled, however busy the machine is. */
    private static final int MOST_ROUNDS = 15;

    @RegisterExtension
    private final Stage stage = Stage.with(1);

    private FakeClient client;
    private long asked;

    @BeforeEach
    void logIn() throws Exception {
        stage.primary().handle(AllocationTest::play);
        stage.standby().handle(AllocationTest::play);
        client = stage.client();
    }

    /** Answers each request with one row. */
    private static void play(Connection connection) throws IOException {
        byte[] simple = Server.row("1");
        byte[] extended =
                join(Server.bindComplete(), Server.dataRow("1"), Server.complete("SELECT 1"), Server.ready('I'));
        byte[] parsed = join(Server.parseComplete(), Server.ready('I'));
        byte last = 0;
        for (byte tag = connection.read().tag();
                tag != FrontendTag.TERMINATE;
                tag = connection.read().tag()) {
            if (tag == FrontendTag.QUERY) {
                connection.send(simple);
            } else if (tag == FrontendTag.SYNC) {
                connection.send(last == FrontendTag.PARSE ? parsed : extended);
            }
            last = tag;
        }
    }

    private void ask(byte[] request) throws IOException {
        client.send(request);
        while (client.readMessage().tag() != BackendTag.READY_FOR_QUERY) {
            // Rows.
        }
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("carrier-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    /** The first rounds allocate more, until what they run is compiled. */
    private void assertThatLittleIsAllocatedFor(byte[] request) throws IOException {
        assertThat(allocated()).as("the carriers run the threads").isPositive();
        long each = allocatedInARound(request);
        for (int round = 1; round < MOST_ROUNDS && each >= MOST; round++) {
            each = allocatedInARound(request);
        }
        assertThat(each).as("bytes a request").isLessThan(MOST);
    }

    private long allocatedInARound(byte[] request) throws IOException {
        long before = allocated();
        for (int i = 0; i < REQUESTS; i++) {
            ask(request);
        }
        asked += REQUESTS;
        return (allocated() - before) / REQUESTS;
    }

    @Test
    void aReadAllocatesLittle() throws Exception {
        assertThatLittleIsAllocatedFor(query("SELECT abalance FROM pgbench_accounts WHERE aid = 12345"));
        assertThat(stage.metrics()
                        .backend(Stage.backend(stage.standby()).address().toString())
                        .reads())
                .isEqualTo(asked);
    }

    @Test
    void aPreparedReadAllocatesLittle() throws Exception {
        ask(join(parse("P0_1", "SELECT abalance FROM pgbench_accounts WHERE aid = $1"), sync()));
        assertThatLittleIsAllocatedFor(join(bind("P0_1"), execute(), sync()));
    }

    @Test
    void aWriteAllocatesLittle() throws Exception {
        assertThatLittleIsAllocatedFor(query("UPDATE pgbench_accounts SET abalance = 1 WHERE aid = 12345"));
    }
}

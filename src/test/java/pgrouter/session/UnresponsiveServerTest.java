package pgrouter.session;

import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.rowDescription;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pgrouter.protocol.MessageBuilder;
import pgrouter.testing.Await;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;

/** A server that never ends its answer, and heeds no cancel request, keeps no session that is to end. */
final class UnresponsiveServerTest extends OnOneStandby {
    /** What it has said of its answer, and whether it is the primary. */
    static Stream<Arguments> halfAnswers() {
        byte[] row = dataRow("x".repeat(100_000));
        byte[] half = Frontend.join(rowDescription("a"), Arrays.copyOf(row, row.length / 2));
        byte[] promised = new MessageBuilder().int8('D').int32(0x3ffffff0).toByteArray();
        byte[] header = {'D', 0, 0};
        return Stream.of(true, false)
                .flatMap(onWriter -> Stream.of(new byte[0], header, promised, half)
                        .map(said -> Arguments.of(onWriter, said.length, said)));
    }

    private Connection begin(boolean onWriter, byte[] said) throws Exception {
        String sql = onWriter ? "UPDATE t SET a = 1 RETURNING a" : "SELECT a FROM t";
        Connection server = onWriter ? writer : reader;
        client.send(query(sql));
        server.expect("Query " + sql);
        if (said.length > 0) {
            server.send(said);
        }
        return server;
    }

    private void awaitEnd() {
        Await.until("the session is over", () -> stage.sessions().facts().isEmpty());
    }

    @ParameterizedTest(name = "writer {0}, {1} bytes")
    @MethodSource("halfAnswers")
    void aSessionThatIsKilledEnds(boolean onWriter, int length, byte[] said) throws Exception {
        Connection server = begin(onWriter, said);
        stage.sessions().kill(stage.sessions().facts().getFirst().number());
        (onWriter ? stage.primary() : stage.standby()).cancelled();
        server.expectEnd();
        awaitEnd();
    }

    @ParameterizedTest(name = "writer {0}, {1} bytes")
    @MethodSource("halfAnswers")
    void aSessionWhoseClientLeavesEnds(boolean onWriter, int length, byte[] said) throws Exception {
        client.close();
        stage.graceIsShort();
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
        begin(onWriter, said);
        client.close();
        Await.until("the session is over", () -> {
            stage.openServers().look();
            return stage.sessions().facts().isEmpty();
        });
    }
}

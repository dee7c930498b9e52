package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Health;
import pgrouter.metrics.Metrics;
import pgrouter.net.Carrier;
import pgrouter.net.Carriers;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.testing.Await;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.Frontend;
import pgrouter.testing.Server;

@ParameterizedClass
@MethodSource("carriers")
final class SupervisorTest {
    @Parameter
    private Carrier carrier;

    private final List<FakePostgres> servers = new ArrayList<>();

    static Stream<Carrier> carriers() throws IOException {
        return Stream.of(Carriers.start(1).apart("health"), Carrier.JDK);
    }

    @AfterEach
    void close() throws IOException {
        for (FakePostgres server : servers) {
            server.close();
        }
    }

    private FakePostgres server() throws IOException {
        FakePostgres server = FakePostgres.start(new LinkedBlockingQueue<>(), 1);
        servers.add(server);
        return server;
    }

    /** A server that gives every probe this row; an empty value is NULL. Nothing is ahead of its position. */
    private FakePostgres answering(String recovery, String position, String walFile) throws IOException {
        return answering(row(recovery, position, position, "f", walFile, ""));
    }

    private FakePostgres answering(byte[] row) throws IOException {
        FakePostgres server = server();
        server.handle(connection -> {
            while (true) {
                answer(connection, "7001", row);
            }
        });
        return server;
    }

    /**
     * Answers one question of a probe.
     *
     * @return whether it was not that for the settings of logins, which is the last one to a primary in a round
     */
    private static boolean answer(FakePostgres.Connection connection, String system, byte[] row) throws IOException {
        String question = new String(connection.read().body(), StandardCharsets.US_ASCII);
        boolean forSystem = question.contains("pg_control_system");
        boolean forLogins = question.contains("pg_db_role_setting");
        byte[] other = forLogins ? row("f") : row;
        connection.send(forSystem ? row(system) : other, Server.complete("SELECT 1"), Server.ready('I'));
        return !forLogins;
    }

    private static byte[] row(String... values) {
        MessageBuilder body = new MessageBuilder().int16(values.length);
        for (String value : values) {
            if (value.isEmpty()) {
                body.int32(-1);
            } else {
                body.int32(value.length()).bytes(value.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return Frontend.message(BackendTag.DATA_ROW, body.toByteArray());
    }

    private static Backend backend(FakePostgres server, Duration timeout) {
        return new Backend(new Address.Host("127.0.0.1", server.port()), BackendTls.OFF, 100, 100, timeout);
    }

    private static Backend backend(FakePostgres server) {
        return backend(server, Duration.ofSeconds(5));
    }

    private Supervisor supervisor(Cluster cluster, Backend... backends) {
        Health health = new Health(Duration.ofSeconds(5), Duration.ofSeconds(60), "postgres", "pgrouter", "");
        return new Supervisor(cluster, new Connector(), health, List.of(backends), new Metrics(), Logins.NONE, carrier);
    }

    private Node after(Backend backend) throws InterruptedException {
        Cluster cluster = new Cluster(List.of(backend));
        supervisor(cluster, backend).round();
        return cluster.view().nodes().getFirst();
    }

    @Test
    void aRoundFindsRolesTimelineAndLag() throws Exception {
        Backend primary = backend(answering("f", "0/5000", "0000000A0000000000000001"));
        Backend standby = backend(answering("t", "0/4FF0", ""));
        Cluster cluster = new Cluster(List.of(primary, standby));
        supervisor(cluster, primary, standby).round();
        assertThat(cluster.view().primary().map(Node::backend)).contains(primary);
        assertThat(cluster.view().primary().map(Node::timeline)).contains(10);
        Node second = cluster.view().nodes().get(1);
        assertThat(second.position()).isEqualTo(Lsn.parse("0/4FF0"));
        assertThat(second.lag()).contains(16L);
        assertThat(second.isSuitableReader()).isTrue();
    }

    @Test
    void ofAPrimaryItLearnsWhatIsFlushedAndInsertedAndOfAStandbyWhatIsReplayedAndReceived() throws Exception {
        Backend primary = backend(answering(row("f", "0/5000", "0/6000", "f", "000000010000000000000001", "")));
        Backend standby = backend(answering(row("t", "0/4FF0", "0/5000", "", "", "")));
        Cluster cluster = new Cluster(List.of(primary, standby));
        supervisor(cluster, primary, standby).round();
        Node first = cluster.view().primary().orElseThrow();
        assertThat(first.position()).isEqualTo(Lsn.parse("0/5000"));
        assertThat(first.ahead()).isEqualTo(Lsn.parse("0/6000"));
        Node second = cluster.view().nodes().get(1);
        assertThat(second.position()).isEqualTo(Lsn.parse("0/4FF0"));
        assertThat(second.ahead()).isEqualTo(Lsn.parse("0/5000"));
        assertThat(second.lag()).as("only what is flushed can be replayed").contains(16L);
    }

    @Test
    void aNodeThatTakesNoConnectionsYetIsStarting() throws Exception {
        FakePostgres server = server();
        server.refuseLogins(Server.fatal("57P03", "the database system is starting up"));
        Node node = after(backend(server));
        assertThat(node.state()).isEqualTo(State.STARTING);
        assertThat(node.reason().text()).contains("the database system is starting up");
    }

    @Test
    void aNodeThatRefusesTheHealthRoleHasFailedForThatReason() throws Exception {
        FakePostgres server = server();
        server.refuseLogins(Server.fatal("28P01", "password authentication failed for user \"pgrouter\""));
        Node node = after(backend(server));
        assertThat(node.state()).isEqualTo(State.FAILED);
        assertThat(node.role()).isEqualTo(Role.UNKNOWN);
        assertThat(node.reason().text()).contains("password authentication failed");
    }

    @Test
    void aNodeThatNeverAnswersHasFailedWhenItsOwnTimeIsOver() throws Exception {
        FakePostgres server = server();
        server.holdLogins();
        Node node = after(backend(server, Duration.ofMillis(200)));
        assertThat(node.state()).isEqualTo(State.FAILED);
        assertThat(node.reason().text()).contains("no answer within 200 ms");
        server.releaseLogins();
    }

    @Test
    void aNodeThatDoesNotAnswerKeepsNobodyElsesNewsBack() throws Exception {
        FakePostgres hanging = server();
        hanging.holdLogins();
        Backend slow = backend(hanging, Duration.ofSeconds(30));
        Backend primary = backend(answering("f", "0/5000", "000000010000000000000001"));
        Cluster cluster = new Cluster(List.of(slow, primary));
        Supervisor supervisor = supervisor(cluster, slow, primary);
        Thread round = Thread.ofVirtual().start(supervisor::round);
        Await.until("the primary is known", () -> cluster.view().primary().isPresent());
        assertThat(round.isAlive()).isTrue();
        round.interrupt();
        round.join();
    }

    @Test
    void theConnectionOfAProbeIsKeptAndReplacedWhenItIsLost() throws Exception {
        FakePostgres server = server();
        LinkedBlockingQueue<Integer> logins = new LinkedBlockingQueue<>();
        server.handle(connection -> {
            logins.add(connection.processId());
            int left = 2;
            while (left > 0) {
                left -= answer(connection, "7001", row("f", "0/5000", "0/5000", "f", "000000010000000000000001", ""))
                        ? 0
                        : 1;
            }
        });
        Backend backend = backend(server);
        Cluster cluster = new Cluster(List.of(backend));
        Supervisor supervisor = supervisor(cluster, backend);
        supervisor.round();
        supervisor.round();
        assertThat(logins).hasSize(1);
        supervisor.round();
        assertThat(logins).hasSize(2);
        assertThat(cluster.view().nodes().getFirst().state()).isEqualTo(State.OK);
    }

    @Test
    void aNodeThatAnswersWhatNoServerDoesHasFailedAndCostsTheOthersNothing() throws Exception {
        Backend liar = backend(answering("f", "garbage", "000000020000000000000001"));
        Backend primary = backend(answering("f", "0/5000", "000000010000000000000001"));
        Cluster cluster = new Cluster(List.of(liar, primary));
        supervisor(cluster, liar, primary).round();
        assertThat(cluster.view().primary().map(Node::backend)).contains(primary);
        assertThat(cluster.view().nodes().getFirst().state()).isEqualTo(State.FAILED);
        assertThat(cluster.view().nodes().getFirst().reason().text()).contains("its WAL position is none");
    }

    @Test
    void anAnswerWithoutEndIsNotKept() throws Exception {
        FakePostgres server = server();
        byte[] large = row("x".repeat(100_000));
        server.handle(connection -> {
            connection.read();
            while (true) {
                connection.send(large);
            }
        });
        Node node = after(backend(server, Duration.ofSeconds(30)));
        assertThat(node.state()).isEqualTo(State.FAILED);
        assertThat(node.reason().text()).contains("an answer of more than 4194304 bytes");
    }
}

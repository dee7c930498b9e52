package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.StartupPacket;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;

/** What a client may say before it has logged in. */
final class NegotiationTest {
    private static final byte[] SSL = Frontend.request(StartupPacket.SSL_REQUEST);
    private static final byte[] GSS = Frontend.request(StartupPacket.GSSENC_REQUEST);

    @RegisterExtension
    private final Stage stage = Stage.with(1);

    private FakeClient client;

    @BeforeEach
    void dial() throws Exception {
        client = stage.dial();
    }

    @Test
    void encryptionIsDeclinedAndTheLoginGoesOn() throws Exception {
        client.send(GSS);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        assertThat(logIn(PROTOCOL_3_0, Map.of())).endsWith("Ready I");
    }

    @Test
    void everySplitOfAStartupIsUnderstood() throws Exception {
        byte[] packet = Frontend.startup(PROTOCOL_3_0, Map.of("user", "app"));
        for (int at = 1; at < packet.length; at++) {
            FakeClient other = stage.dial();
            other.sendSplit(packet, at);
            assertThat(other.read()).startsWith("Authentication ");
            other.close();
        }
    }

    @Test
    void askingTwiceForEncryptionIsRefused() throws Exception {
        client.send(SSL, SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        client.expect("FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2");
        client.expectEnd();
    }

    @ParameterizedTest
    @ValueSource(ints = {2 << 16, 4 << 16, 1, 0})
    void otherMajorVersionsAreRefused(int version) throws Exception {
        client.send(Frontend.startup(version, Map.of("user", "app")));
        assertThat(client.read()).startsWith("FATAL 0A000 unsupported frontend protocol " + (version >> 16) + ".");
        client.expectEnd();
    }

    @Test
    void knownVersionsAreNotNegotiated() throws Exception {
        assertThat(logIn(PROTOCOL_3_0, Map.of())).noneMatch(line -> line.startsWith("Negotiate"));
        assertThat(client.key()).hasSize(8);
    }

    @Test
    void protocol32GivesALongKey() throws Exception {
        assertThat(logIn(PROTOCOL_3_0 | 2, Map.of())).noneMatch(line -> line.startsWith("Negotiate"));
        assertThat(client.key()).hasSize(4 + 32);
    }

    @Test
    void protocol31HasTheShortKey() throws Exception {
        assertThat(logIn(PROTOCOL_3_0 | 1, Map.of())).endsWith("Ready I");
        assertThat(client.key()).hasSize(8);
    }

    @Test
    void higherMinorVersionIsNegotiatedDown() throws Exception {
        List<String> greeting = logIn(PROTOCOL_3_0 | 99, Map.of());
        assertThat(greeting).startsWith("Negotiate 3.2").endsWith("Ready I");
        assertThat(client.key()).hasSize(4 + 32);
    }

    @Test
    void unknownProtocolOptionsAreNamed() throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("_pq_.first", "1");
        options.put("_pq_.second", "");
        assertThat(logIn(PROTOCOL_3_0, options)).startsWith("Negotiate 3.0 _pq_.first _pq_.second");
    }

    @Test
    void largestStartupPacketOfPostgresIsUnderstood() throws Exception {
        client.send(packetOfLength(10_004));
        assertThat(client.read()).startsWith("Authentication ");
    }

    @Test
    void largerStartupPacketIsNotAnswered() throws Exception {
        client.send(packetOfLength(10_005));
        client.expectEnd();
    }

    private static byte[] packetOfLength(int length) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("application_name", "");
        int missing = length - Frontend.startup(PROTOCOL_3_0, parameters).length;
        parameters.put("application_name", "x".repeat(missing));
        return Frontend.startup(PROTOCOL_3_0, parameters);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4, 7, Integer.MAX_VALUE})
    void impossibleLengthIsNotAnswered(int length) throws Exception {
        client.send(ByteBuffer.allocate(8).putInt(length).putInt(PROTOCOL_3_0).array());
        client.expectEnd();
    }

    @Test
    void webBrowserIsTurnedAway() throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: db\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        client.expectEnd();
    }

    @Test
    void tlsWithoutARequestIsTurnedAway() throws Exception {
        client.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
        client.expectEnd();
    }

    /** A driver that has changed its mind before it began: it takes any answer for an error. */
    @Test
    void aTerminateBeforeTheStartupPacketIsNotAnswered() throws Exception {
        client.send(FrontendMessage.terminate());
        client.expectEnd();
    }

    @Test
    void aTerminateAfterTheRefusalOfEncryptionIsNotAnswered() throws Exception {
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        client.send(FrontendMessage.terminate());
        client.expectEnd();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 8, 20})
    void aStartupPacketThatEndsTooEarlyIsNotAnswered(int length) throws Exception {
        byte[] packet = Frontend.startup(PROTOCOL_3_0, Map.of("user", "app", "database", "app"));
        client.send(Arrays.copyOf(packet, length));
        client.finish();
        client.expectEnd();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 300})
    void aCancelRequestOfAnotherLengthIsNotAnswered(int more) throws Exception {
        ByteBuffer packet = ByteBuffer.allocate(8 + more).putInt(8 + more).putInt(StartupPacket.CANCEL_REQUEST);
        client.send(packet.array());
        client.expectEnd();
    }

    @Test
    void startupWithoutUserIsRefused() throws Exception {
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("database", "app")));
        client.expect("FATAL 28000 no PostgreSQL user name specified in startup packet");
        client.expectEnd();
    }

    @Test
    void parametersWithoutTheirEndAreRefused() throws Exception {
        byte[] packet = Frontend.startup(PROTOCOL_3_0, Map.of("user", "app"));
        packet[packet.length - 1] = 'x';
        client.send(packet);
        client.expect("FATAL 08P01 invalid startup packet layout: expected terminator as last byte");
        client.expectEnd();
    }

    @Test
    void aReplicationConnectionPassesWholeBetweenClientAndPrimary() throws Exception {
        assertThat(logIn(PROTOCOL_3_0, Map.of("replication", "database"))).endsWith("Ready I");
        Connection primary = stage.writer();
        assertThat(primary.startup()).containsEntry("replication", "database");
        client.send(Frontend.query("START_REPLICATION 0/0"));
        primary.expect("Query START_REPLICATION 0/0");
        primary.send(Frontend.message((byte) 'W', new byte[3]), Server.copyData("wal"));
        assertThat(client.readMessage().tag()).isEqualTo((byte) 'W');
        client.expect("CopyData wal");
        client.send(Frontend.copyData("status"));
        primary.expect("CopyData status");
        primary.send(Server.copyData("more wal"));
        client.expect("CopyData more wal");
        primary.close();
        client.expectEnd();
    }

    @Test
    void replicationSwitchedOffIsAnOrdinaryLogin() throws Exception {
        assertThat(logIn(PROTOCOL_3_0, Map.of("replication", "false"))).endsWith("Ready I");
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        assertThat(client.logIn(PROTOCOL_3_0, Map.of("user", "app"), "wrong"))
                .endsWith("FATAL 28P01 password authentication failed for user \"app\"");
        client.expectEnd();
    }

    @Test
    void anythingButAPasswordIsRefused() throws Exception {
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "app")), Frontend.query("SELECT 1"));
        assertThat(client.read()).startsWith("Authentication ");
        assertThat(client.read()).startsWith("FATAL 08P01 expected password response");
        client.expectEnd();
    }

    @Test
    void clientThatLeavesWithoutAWordGetsNone() throws Exception {
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        client.finish();
        client.expectEnd();
    }

    private List<String> logIn(int version, Map<String, String> more) throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("user", Stage.USER));
        parameters.putAll(more);
        return client.logIn(version, parameters, Stage.PASSWORD);
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
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
import pgrouter.testing.TlsFiles;

/** How clients come to speak TLS, and what a man in the middle could try before they do. */
final class TlsNegotiationTest {
    private static final byte[] SSL = Frontend.request(StartupPacket.SSL_REQUEST);
    private static final byte[] GSS = Frontend.request(StartupPacket.GSSENC_REQUEST);
    private static final Map<String, String> PARAMETERS = Map.of("user", Stage.USER);
    private static final byte[] STARTUP = Frontend.startup(PROTOCOL_3_0, PARAMETERS);

    @RegisterExtension
    private final Stage stage = Stage.with(1);

    private FakeClient client;

    @BeforeEach
    void dial() throws Exception {
        stage.offerTls("tls { cert server.crt; key server.key }");
        client = stage.dial();
    }

    private static void startTls(FakeClient client) throws IOException {
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'S');
        client.secure(TlsFiles.client());
    }

    private static List<String> logIn(FakeClient client) throws IOException {
        return client.logIn(PROTOCOL_3_0, PARAMETERS, Stage.PASSWORD);
    }

    private void assertServes(FakeClient logged) throws Exception {
        logged.send(Frontend.query("INSERT INTO t VALUES (1)"));
        Connection writer = stage.writer();
        writer.answer("INSERT INTO t VALUES (1)", Server.complete("INSERT 0 1"), Server.ready('I'));
        assertThat(logged.reply()).containsExactly("Complete INSERT 0 1", "Ready I");
    }

    @Test
    void aClientThatAsksForTlsGetsIt() throws Exception {
        startTls(client);
        assertThat(logIn(client)).endsWith("Ready I");
        assertServes(client);
    }

    @Test
    void aClientThatWantsNoneIsServedToo() throws Exception {
        assertThat(logIn(client)).endsWith("Ready I");
        assertServes(client);
    }

    @Test
    void gssapiIsDeclinedFirst() throws Exception {
        client.send(GSS);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        startTls(client);
        assertThat(logIn(client)).endsWith("Ready I");
    }

    @ParameterizedTest
    @ValueSource(ints = {StartupPacket.SSL_REQUEST, StartupPacket.GSSENC_REQUEST})
    void withinTlsThereIsNoOtherEncryption(int code) throws Exception {
        startTls(client);
        client.send(Frontend.request(code));
        assertThat(client.read()).startsWith("FATAL 0A000 unsupported frontend protocol 1234.56");
        client.expectEnd();
    }

    @Test
    void whatStandsBehindTheRequestInTheClearIsNobodysWord() throws Exception {
        client.send(Frontend.join(SSL, STARTUP));
        client.expect("FATAL 08P01 received unencrypted data after SSL request");
        client.expectEnd();
    }

    @Test
    void aSingleByteBehindTheRequestIsEnough() throws Exception {
        client.send(Frontend.join(SSL, new byte[1]));
        client.expect("FATAL 08P01 received unencrypted data after SSL request");
        client.expectEnd();
    }

    @Test
    void whatComesInTheClearLaterBreaksTheHandshake() throws Exception {
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'S');
        client.send(STARTUP);
        assertThat(client.readByte()).as("a TLS alert").isEqualTo((byte) 0x15);
    }

    @Test
    void tlsMayBeginWithTheFirstByte() throws Exception {
        client.secure(TlsFiles.client(), "postgresql");
        assertThat(logIn(client)).endsWith("Ready I");
        assertServes(client);
    }

    @Test
    void thenARequestForTlsIsDeclinedAndTheLoginGoesOn() throws Exception {
        client.secure(TlsFiles.client(), "postgresql");
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'N');
        assertThat(logIn(client)).endsWith("Ready I");
    }

    @Test
    void withoutTheRequestTheProtocolMustBeNamed() throws Exception {
        client.secure(TlsFiles.client());
        client.expectEnd();
        FakeClient other = stage.dial();
        assertThatThrownBy(() -> other.secure(TlsFiles.client(), "h2"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("no_application_protocol");
    }

    @Test
    void withTheRequestItMayBeNamed() throws Exception {
        client.send(SSL);
        assertThat(client.readByte()).isEqualTo((byte) 'S');
        client.secure(TlsFiles.client(), "postgresql");
        assertThat(logIn(client)).endsWith("Ready I");
    }

    @Test
    void garbageThatBeginsLikeTlsIsTurnedAway() throws Exception {
        client.send(new byte[] {0x16}, new byte[300]);
        assertThat(client.readByte()).as("a TLS alert").isEqualTo((byte) 0x15);
    }

    @Test
    void whereTlsIsRequiredNobodyLogsInWithoutIt() throws Exception {
        stage.offerTls("tls { cert server.crt; key server.key; require on }");
        FakeClient clear = stage.dial();
        clear.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "app", "database", "d")));
        clear.expect("FATAL 28000 pgrouter rejects connection for user \"app\", database \"d\", no encryption");
        clear.expectEnd();
        FakeClient secured = stage.dial();
        startTls(secured);
        assertThat(logIn(secured)).endsWith("Ready I");
    }

    @Test
    void aCancelRequestIsHeardWithinTlsAndInTheClear() throws Exception {
        stage.offerTls("tls { cert server.crt; key server.key; require on }");
        FakeClient busy = stage.dial();
        startTls(busy);
        logIn(busy);
        busy.send(Frontend.query("INSERT INTO t VALUES (1)"));
        Connection writer = stage.writer();
        writer.expect("Query INSERT INTO t VALUES (1)");
        byte[] request = Frontend.request(StartupPacket.CANCEL_REQUEST, busy.key());
        FakeClient canceller = stage.dial();
        startTls(canceller);
        canceller.send(request);
        canceller.expectEnd();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        FakeClient clear = stage.dial();
        clear.send(request);
        clear.expectEnd();
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
    }

    @Test
    void anErrorIsToldWithinTls() throws Exception {
        startTls(client);
        assertThat(client.logIn(PROTOCOL_3_0, PARAMETERS, "wrong"))
                .endsWith("FATAL 28P01 password authentication failed for user \"app\"");
        client.expectEnd();
    }

    @Test
    void largeMessagesPassBothWays() throws Exception {
        startTls(client);
        logIn(client);
        String text = "INSERT INTO t VALUES ('" + "x".repeat(200_000) + "')";
        client.send(Frontend.query(text));
        Connection writer = stage.writer();
        writer.answer(text, Server.row("y".repeat(100_000)));
        assertThat(client.reply()).contains("Row " + "y".repeat(100_000));
    }

    /** What a client says that has not seen SCRAM-SHA-256-PLUS in the list. */
    @Test
    void whoTakesTheBoundMechanismOffTheListIsFoundOut() throws Exception {
        startTls(client);
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "scram")));
        byte[] mechanisms = client.readMessage().body();
        assertThat(new String(mechanisms, 4, mechanisms.length - 4, StandardCharsets.US_ASCII))
                .isEqualTo("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
        client.send(FrontendMessage.saslInitialResponse(
                "SCRAM-SHA-256", "y,,n=,r=abc".getBytes(StandardCharsets.US_ASCII)));
        client.expect("FATAL 28000 SCRAM channel binding negotiation error");
        client.expectEnd();
    }

    @Test
    void theBoundMechanismIsNotThereWithoutTls() throws Exception {
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "scram")));
        byte[] mechanisms = client.readMessage().body();
        assertThat(new String(mechanisms, 4, mechanisms.length - 4, StandardCharsets.US_ASCII))
                .isEqualTo("SCRAM-SHA-256\0\0");
        client.send(FrontendMessage.saslInitialResponse(
                "SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=abc".getBytes(StandardCharsets.US_ASCII)));
        client.expect("FATAL 08P01 client selected an invalid SASL authentication mechanism");
    }

    @Test
    void aProofForAnotherServerIsRefused() throws Exception {
        startTls(client);
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "scram")));
        client.readMessage();
        client.send(FrontendMessage.saslInitialResponse(
                "SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=abc".getBytes(StandardCharsets.US_ASCII)));
        byte[] challenge = client.readMessage().body();
        String nonce = new String(Arrays.copyOfRange(challenge, 4, challenge.length), StandardCharsets.US_ASCII);
        String proof = "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCws," + nonce.substring(0, nonce.indexOf(',')) + ",p=AAAA";
        client.send(FrontendMessage.saslResponse(proof.getBytes(StandardCharsets.US_ASCII)));
        client.expect("FATAL 28000 SCRAM channel binding check failed");
        client.expectEnd();
    }
}

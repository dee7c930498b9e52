package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.Ciphers;
import pgrouter.config.ConfigException;
import pgrouter.config.Tls;
import pgrouter.config.TlsProtocol;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;
import pgrouter.testing.TlsFiles;

/** What pgrouter offers to clients, and whom it refuses. */
@Timeout(60)
final class TlsServerTest {
    private static final Set<TlsProtocol> BOTH = EnumSet.allOf(TlsProtocol.class);

    private Ends ends;

    @AfterEach
    void close() throws IOException {
        if (ends != null) {
            ends.close();
        }
    }

    private static TlsServer server(Optional<String> ciphers, Set<TlsProtocol> protocols) throws ConfigException {
        return TlsServer.load(new Tls(
                TlsFiles.identity("server"),
                Optional.empty(),
                ciphers.map(list -> new Ciphers(list, "pgrouter.conf", 3, 11)),
                protocols,
                false));
    }

    private void connect(TlsServer server, Ends.Setting setting) throws Exception {
        ends = Ends.accepted(Carrier.JDK, server, wire -> wire, setting);
    }

    private static Ends.Setting protocols(String... names) {
        return socket -> socket.setEnabledProtocols(names);
    }

    private static Ends.Setting alpn(String... names) {
        return socket -> {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(names);
            socket.setSSLParameters(parameters);
        };
    }

    @Test
    void theNewestVersionIsTakenAndNoOther() throws Exception {
        connect(server(Optional.empty(), BOTH), protocols("TLSv1.2", "TLSv1.3"));
        assertThat(ends.theirs().getSession().getProtocol()).isEqualTo("TLSv1.3");
        TlsServer newest = server(Optional.empty(), Set.of(TlsProtocol.TLS_1_3));
        assertThatThrownBy(() -> connect(newest, protocols("TLSv1.2"))).hasMessageContaining("protocol_version");
        TlsServer older = server(Optional.empty(), Set.of(TlsProtocol.TLS_1_2));
        assertThatThrownBy(() -> connect(older, protocols("TLSv1.3"))).hasMessageContaining("protocol_version");
    }

    /** ClientHello as RFC 4346 has it, without extensions; the answer is an alert (RFC 5246 section 7.2): fatal, protocol_version. */
    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 2})
    void versionsThatAreNotSafeAnyMoreAreRefused(byte minor) throws Exception {
        ByteBuffer hello = ByteBuffer.allocate(50);
        hello.put((byte) 0x16).put((byte) 3).put(minor).putShort((short) 45);
        hello.put((byte) 1).put((byte) 0).putShort((short) 41);
        hello.put((byte) 3).put(minor).put(new byte[32]).put((byte) 0);
        hello.putShort((short) 2).putShort((short) 0xc013).put((byte) 1).put((byte) 0);
        TlsServer server = Ends.server("server");
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Wire wire = Carrier.JDK.connect(listening.getLocalAddress());
            try (SocketChannel client = listening.accept();
                    Socket socket = client.socket()) {
                socket.getOutputStream().write(hello.array());
                assertThatThrownBy(() -> server.accept(wire, Carrier.JDK, ByteBuffer.allocate(0)))
                        .isInstanceOf(IOException.class);
                byte[] alert = socket.getInputStream().readAllBytes();
                assertThat(alert).hasSize(7).startsWith(0x15, 3).endsWith(2, 70);
            }
        }
    }

    @Test
    void theServersOrderOfCiphersCounts() throws Exception {
        TlsServer server = server(Optional.of("ECDHE-RSA-AES128-GCM-SHA256:ECDHE+AES256"), Set.of(TlsProtocol.TLS_1_2));
        connect(
                server,
                socket -> socket.setEnabledCipherSuites(
                        new String[] {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                        }));
        assertThat(ends.theirs().getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assertThatThrownBy(() -> connect(
                        server,
                        socket -> socket.setEnabledCipherSuites(
                                new String[] {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"})))
                .hasMessageContaining("handshake_failure");
    }

    @Test
    void aCipherOfTls13MayBeChosenByItsName() throws Exception {
        connect(server(Optional.of("TLS_CHACHA20_POLY1305_SHA256:HIGH"), BOTH), socket -> {});
        assertThat(ends.theirs().getSession().getCipherSuite()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
    }

    @Test
    void ciphersThatSelectNothingAreNamedWithTheirPlace() {
        assertThat(catchThrowableOfType(ConfigException.class, () -> server(Optional.of("EXP:LOW"), BOTH)))
                .hasMessage(
                        "pgrouter.conf:3:11: expected at least one cipher that this Java has, found none in the list");
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> server(Optional.of("TLS_AES_128_GCM_SHA256"), Set.of(TlsProtocol.TLS_1_2))))
                .hasMessageStartingWith("pgrouter.conf:3:11: expected at least one cipher");
        assertThat(catchThrowableOfType(
                        ConfigException.class, () -> server(Optional.of("ECDHE"), Set.of(TlsProtocol.TLS_1_3))))
                .hasMessageStartingWith("pgrouter.conf:3:11: expected at least one cipher");
    }

    @Test
    void theProtocolIsPostgresqlsOrNone() throws Exception {
        TlsServer server = Ends.server("server");
        connect(server, alpn("http/1.1", "postgresql"));
        assertThat(ends.ours().isForPostgresql()).isTrue();
        ends.close();
        connect(server, socket -> {});
        assertThat(ends.ours().isForPostgresql()).isFalse();
        assertThatThrownBy(() -> connect(server, alpn("http/1.1"))).hasMessageContaining("no_application_protocol");
    }

    @Test
    void aClientMayShowACertificateOfTheAuthorityOrNone() throws Exception {
        TlsServer server = Ends.server("server");
        connect(server, socket -> {});
        assertThat(ends.ours().peerCertificate()).isEmpty();
        ends.close();
        ends = Ends.accepted(Carrier.JDK, server, "client", wire -> wire, socket -> {});
        assertThat(ends.ours().peerCertificate())
                .hasValueSatisfying(certificate ->
                        assertThat(certificate.getSubjectX500Principal()).hasToString("CN=app"));
    }

    @Test
    void aClientWhoseCertificateWasTakenBackIsRefused() throws Exception {
        TlsServer server = TlsServer.load(new Tls(
                TlsFiles.identity("server"),
                Optional.of(TlsFiles.authority("ca.crt", "ca.crl")),
                Optional.empty(),
                BOTH,
                false));
        ends = Ends.accepted(Carrier.JDK, server, "client", wire -> wire, socket -> {});
        ends.close();
        assertThatThrownBy(
                        () -> ends = Ends.accepted(Carrier.JDK, server, "revoked", wire -> wire, protocols("TLSv1.2")))
                .hasMessageContaining("revoked");
    }

    @Test
    void aClientThatDoesNotTrustUsSaysSo() throws Exception {
        assertThatThrownBy(() -> connect(Ends.server("ed25519"), socket -> {})).hasMessageContaining("ours: ");
    }

    @Test
    void theBindingIsThatOfTheCertificate() throws Exception {
        assertThat(Ends.server("ec").binding())
                .hasValueSatisfying(hash -> assertThat(hash).hasSize(48));
        assertThat(Ends.server("ed25519").binding()).isEmpty();
    }
}

package pgrouter.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.BackendTls.Mode;
import pgrouter.config.Config;
import pgrouter.net.Carrier;
import pgrouter.testing.TlsFiles;
import pgrouter.tls.TlsContexts;

/** What a server, or who stands before it, may answer to the request for TLS. Real servers are TlsIT's. */
@Timeout(60)
final class TransportTest {
    private ServerSocket socket;

    @BeforeEach
    void listen() throws IOException {
        socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
    }

    /** Reads the request, says this, and then all that comes until the end, but at most so much. */
    private CompletableFuture<byte[]> answer(byte[] bytes) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket client = socket.accept()) {
                InputStream in = client.getInputStream();
                assertThat(in.readNBytes(8)).isEqualTo(new byte[] {0, 0, 0, 8, 4, (byte) 210, 22, 47});
                client.getOutputStream().write(bytes);
                client.shutdownOutput();
                return in.readAllBytes();
            } catch (IOException e) {
                return new byte[0];
            }
        });
    }

    private ServerConnection open(BackendTls tls, Connector connector) throws LoginException, InterruptedException {
        Address address = new Address.Host("127.0.0.1", socket.getLocalPort());
        Backend backend = new Backend(address, tls, 1000, 100, Duration.ofSeconds(20));
        return connector.open(backend, Carrier.JDK, Map.of("user", "app"), new Credential.Plain("secret"));
    }

    private ServerConnection open(Mode mode) throws Exception {
        String text = "authdb a\nbackend b { tls " + mode + "; ca ca.crt }";
        Config config = Config.parse(text, "f", TlsFiles.file("").toAbsolutePath());
        Connector connector = new Connector();
        connector.secureWith(TlsContexts.load(config.live()).clients());
        return open(config.live().backends().getFirst().tls(), connector);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "N|the server does not support TLS",
                "E|the server answered the request for TLS with neither yes nor no",
                "''|the server closed the connection when it was asked for TLS"
            })
    void aServerWithoutTlsIsNotTalkedTo(String said, String reason) throws Exception {
        CompletableFuture<byte[]> heard = answer(said.getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> open(Mode.SKIPVERIFY))
                .isInstanceOf(LoginException.class)
                .hasMessage("could not connect to backend 127.0.0.1:" + socket.getLocalPort() + ": " + reason);
        assertThat(heard.get(30, TimeUnit.SECONDS))
                .as("what followed in the clear")
                .isEmpty();
    }

    /** An answer to the login, put behind the S by somebody who could not put it into the TLS connection. */
    @Test
    void whatStandsBehindTheYesIsNotTakenForTheServersWord() throws Exception {
        CompletableFuture<byte[]> heard = answer(new byte[] {'S', 'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'});
        assertThatThrownBy(() -> open(Mode.SKIPVERIFY))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("TLS failed: ");
        assertThat(heard.get(30, TimeUnit.SECONDS)).startsWith(0x16, 3);
    }

    @Test
    void directTlsBeginsWithoutARequest() throws Exception {
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> {
            try (Socket client = socket.accept()) {
                return client.getInputStream().read();
            } catch (IOException e) {
                return -1;
            }
        });
        assertThatThrownBy(() -> open(Mode.DIRECT)).isInstanceOf(LoginException.class);
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(0x16);
    }

    @Test
    void whatWasNotLoadedIsNotReplacedByNothing() {
        BackendTls tls = new BackendTls(Mode.ON, Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> open(tls, new Connector())).hasMessageEndingWith("its certificates are not loaded");
    }
}

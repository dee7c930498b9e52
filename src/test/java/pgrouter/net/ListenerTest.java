package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ListenerTest {
    private static final int PORT = 5432;

    @TempDir
    private Path directory;

    private final BlockingQueue<Wire> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();

    private static Listener loopback() throws IOException {
        return Listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private Path socketFile() {
        return directory.resolve(".s.PGSQL.5432");
    }

    private Listener start(Listener listener) {
        listener.start(Carriers.jdk(), (wire, carrier) -> accepted.add(wire), failures::add);
        return listener;
    }

    /** One connection is accepted, and what it sends arrives. */
    private void assertThatBytesArrive(Wire client) throws IOException, InterruptedException {
        byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
        try (client) {
            client.write(ByteBuffer.wrap(hello));
            try (Wire server = accepted.poll(5, TimeUnit.SECONDS)) {
                assertThat(server).isNotNull();
                assertThat(read(server, hello.length)).isEqualTo(hello);
            }
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    private static byte[] read(Wire wire, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            assertThat(wire.read(bytes)).isPositive();
        }
        return bytes.array();
    }

    /** What a server leaves behind that was killed: the file, and nobody behind it. */
    private void leaveStaleFile() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socketFile()));
        }
        assertThat(socketFile()).exists();
    }

    @Test
    void tcpConnectionsAreHandedOver() throws IOException, InterruptedException {
        try (Listener listener = start(loopback())) {
            assertThat(listener.port()).isPositive();
            assertThatBytesArrive(Dialer.dial("127.0.0.1", listener.port(), Carrier.JDK));
            assertThatBytesArrive(Dialer.dial("localhost", listener.port(), Carrier.JDK));
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void theWildcardTakesBothAddressFamilies() throws IOException, InterruptedException {
        try (Listener listener = start(Listener.bind(new InetSocketAddress(0)))) {
            assertThatBytesArrive(Dialer.dial("127.0.0.1", listener.port(), Carrier.JDK));
            assertThatBytesArrive(Dialer.dial("::1", listener.port(), Carrier.JDK));
        }
    }

    @Test
    void aPortThatIsTakenIsRefused() throws IOException {
        try (Listener listener = loopback()) {
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port());
            assertThatThrownBy(() -> Listener.bind(taken)).isInstanceOf(BindException.class);
        }
    }

    @Test
    void afterClosingNobodyAnswersAndThePortIsFree() throws IOException {
        Listener listener = start(loopback());
        int port = listener.port();
        listener.close();
        assertThatThrownBy(() -> Dialer.dial("127.0.0.1", port, Carrier.JDK)).isInstanceOf(ConnectException.class);
        Listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .close();
        assertThat(failures).isEmpty();
    }

    @Test
    void unixConnectionsAreHandedOver() throws IOException, InterruptedException {
        try (Listener listener = start(Listener.bind(directory, PORT))) {
            assertThat(listener.port()).isZero();
            assertThatBytesArrive(Dialer.dial(directory, PORT, Carrier.JDK));
        }
    }

    @Test
    void theSocketFileIsOpenToAllAndGoesWithTheListener() throws IOException {
        Listener listener = Listener.bind(directory, PORT);
        assertThat(Files.getPosixFilePermissions(socketFile())).isEqualTo(PosixFilePermissions.fromString("rwxrwxrwx"));
        listener.close();
        assertThat(socketFile()).doesNotExist();
        listener.close();
    }

    @Test
    void aStaleSocketFileIsReplaced() throws IOException, InterruptedException {
        leaveStaleFile();
        try (Listener listener = Listener.bind(directory, PORT)) {
            start(listener);
            assertThatBytesArrive(Dialer.dial(directory, PORT, Carrier.JDK));
        }
    }

    @Test
    void aSocketFileOfALiveServerIsRefusedAndLeft() throws IOException, InterruptedException {
        try (Listener live = Listener.bind(directory, PORT)) {
            assertThatThrownBy(() -> Listener.bind(directory, PORT))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(socketFile().toString());
            start(live);
            accepted.poll(5, TimeUnit.SECONDS).close();
            assertThatBytesArrive(Dialer.dial(directory, PORT, Carrier.JDK));
        }
    }

    /** Only a socket that nobody listens on is ours to remove. */
    @Test
    void aFileThatIsNoSocketIsRefusedAndLeft() throws IOException {
        Files.writeString(socketFile(), "precious");
        assertThatThrownBy(() -> Listener.bind(directory, PORT)).isInstanceOf(IOException.class);
        assertThat(socketFile()).hasContent("precious");
    }

    @Test
    void oneConsumerThatFailsDoesNotEndTheListening() throws IOException, InterruptedException {
        AtomicInteger connections = new AtomicInteger();
        try (Listener listener = loopback()) {
            listener.start(
                    Carriers.jdk(),
                    (wire, carrier) -> {
                        if (connections.getAndIncrement() == 0) {
                            throw new IllegalStateException("no thread for it");
                        }
                        accepted.add(wire);
                    },
                    failures::add);
            Dialer.dial("127.0.0.1", listener.port(), Carrier.JDK).close();
            assertThatBytesArrive(Dialer.dial("127.0.0.1", listener.port(), Carrier.JDK));
        }
    }
}

package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A name with several addresses. */
@Timeout(30)
final class DialerTest {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private ServerSocketChannel server(int backlog) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        opened.add(server);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), backlog);
        return server;
    }

    private static InetSocketAddress address(ServerSocketChannel server) throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    private InetSocketAddress refusing() throws IOException {
        try (ServerSocketChannel gone = server(1)) {
            return address(gone);
        }
    }

    /** A server that accepts nothing, and whose queue is full: the kernel drops what comes, as a network does that swallows packets. */
    private InetSocketAddress swallowing() throws IOException {
        InetSocketAddress address = address(server(1));
        for (int i = 0; i < 16; i++) {
            SocketChannel waiting = SocketChannel.open();
            opened.add(waiting);
            waiting.configureBlocking(false);
            waiting.connect(address);
        }
        return address;
    }

    @Test
    void theFirstAddressThatAnswersIsTaken() throws Exception {
        ServerSocketChannel server = server(10);
        Dialer.first(List.of(refusing(), address(server), refusing()), Carrier.JDK)
                .close();
        assertThat(server.accept()).isNotNull();
    }

    @Test
    void anAddressThatSwallowsAllIsNotWaitedFor() throws Exception {
        ServerSocketChannel server = server(10);
        Dialer.first(List.of(swallowing(), address(server)), Carrier.JDK).close();
        assertThat(server.accept()).isNotNull();
    }

    @Test
    void whereNoneAnswersTheLastFailureIsTold() throws Exception {
        List<InetSocketAddress> addresses = List.of(refusing(), refusing());
        assertThatThrownBy(() -> Dialer.first(addresses, Carrier.JDK)).isInstanceOf(ConnectException.class);
    }
}

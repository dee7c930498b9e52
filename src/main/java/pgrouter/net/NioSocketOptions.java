package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** The options of a TCP connection, and its peer. A Unix-domain socket has neither. */
final class NioSocketOptions {
    /** Idle time before the first keepalive probe, in seconds. */
    private static final int IDLE = 30;

    /** Time between two keepalive probes, in seconds. */
    private static final int INTERVAL = 10;

    /** The number of unanswered probes after which the kernel ends the connection. */
    private static final int PROBES = 3;

    private NioSocketOptions() {}

    /** Sets the options. Closes the channel if that fails, as it does when the peer has left already. */
    static void set(SocketChannel channel) throws IOException {
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE);
                set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL);
                set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
            }
        } catch (IOException gone) {
            channel.close();
            throw gone;
        }
    }

    /** The peer's address; empty for a Unix-domain socket. */
    static Optional<InetAddress> peer(SocketChannel channel) throws IOException {
        return channel.getRemoteAddress() instanceof InetSocketAddress address
                ? Optional.of(address.getAddress())
                : Optional.empty();
    }

    /** Sets an option that not every system has. On other systems the kernel's default applies. */
    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }
}

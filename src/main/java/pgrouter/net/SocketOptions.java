package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** What every TCP connection is set to, and where it leads; one over a Unix-domain socket needs none of it. */
final class SocketOptions {
    /** A peer that is gone without a word is found out after this time, and so many questions at this distance; in seconds. */
    private static final int QUIET = 30;

    private static final int DISTANCE = 10;
    private static final int QUESTIONS = 3;

    private SocketOptions() {}

    /** Closes the channel where the peer is gone already. */
    static void set(SocketChannel channel) throws IOException {
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, QUIET);
                set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, DISTANCE);
                set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, QUESTIONS);
            }
        } catch (IOException gone) {
            channel.close();
            throw gone;
        }
    }

    /** Where a connected channel leads to; empty for a Unix-domain socket. */
    static Optional<InetAddress> peer(SocketChannel channel) throws IOException {
        return channel.getRemoteAddress() instanceof InetSocketAddress address
                ? Optional.of(address.getAddress())
                : Optional.empty();
    }

    /** Not every system has these; the kernel's own values hold there. */
    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }
}

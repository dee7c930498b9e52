package pgrouter.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** A {@link Wire} over a TCP or Unix-domain socket. */
final class SocketWire implements Wire {
    /** A peer that is gone without a word is found out after this time, and so many questions at this distance; in seconds. */
    private static final int QUIET = 30;

    private static final int DISTANCE = 10;
    private static final int QUESTIONS = 3;

    private final SocketChannel channel;

    private SocketWire(SocketChannel channel) {
        this.channel = channel;
    }

    /** Takes over a connected channel in blocking mode; empty, and the channel closed, where the peer is gone already. */
    static Optional<Wire> over(SocketChannel channel) {
        SocketWire wire = new SocketWire(channel);
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, QUIET);
                set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, DISTANCE);
                set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, QUESTIONS);
            }
            return Optional.of(wire);
        } catch (IOException gone) {
            wire.close();
            return Optional.empty();
        }
    }

    /** Not every system has these; the kernel's own values hold there. */
    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The descriptor is released either way.
        }
    }
}

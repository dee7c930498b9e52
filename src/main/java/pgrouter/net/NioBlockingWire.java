package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A {@link Wire} over a blocking channel: the JDK parks the virtual thread that waits, together with its buffer. */
final class NioBlockingWire implements Wire {
    private final SocketChannel channel;

    private NioBlockingWire(SocketChannel channel) {
        this.channel = channel;
    }

    static Wire connect(SocketAddress address) throws IOException {
        return of(SocketChannel.open(address));
    }

    static Wire of(AcceptedSocket accepted) throws IOException {
        return of(((NioAcceptedSocket) accepted).channel());
    }

    private static Wire of(SocketChannel channel) throws IOException {
        NioSocketOptions.set(channel);
        return new NioBlockingWire(channel);
    }

    @Override
    public void awaitInput() {}

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            boolean quiet = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return quiet;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return NioSocketOptions.peer(channel);
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

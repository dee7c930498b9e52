package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A {@link Wire} over a channel in blocking mode: the JDK parks the virtual thread that waits, with a buffer in its hand. */
final class BlockingWire implements Wire {
    private final SocketChannel channel;

    BlockingWire(SocketChannel channel) {
        this.channel = channel;
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
        return SocketOptions.peer(channel);
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

package pgrouter.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** A {@link ListeningSocket} over a blocking channel: the JDK parks the virtual thread that accepts. */
final class NioListeningSocket implements ListeningSocket {
    private final ServerSocketChannel channel;

    private NioListeningSocket(ServerSocketChannel channel) {
        this.channel = channel;
    }

    static NioListeningSocket bind(SocketAddress address, int backlog) throws IOException {
        boolean isTcp = address instanceof InetSocketAddress;
        ServerSocketChannel channel =
                isTcp ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (isTcp) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            channel.bind(address, backlog);
            return new NioListeningSocket(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public AcceptedSocket accept() throws IOException {
        return new NioAcceptedSocket(channel.accept());
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public SocketAddress address() throws IOException {
        return channel.getLocalAddress();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Makes connections. Runs on the thread that calls it and waits at most as long as the kernel does: the caller sets a deadline. */
public final class Dialer {
    private Dialer() {}

    /**
     * Connects over TCP to the first address of the name that answers. The name is resolved anew for each connection.
     *
     * @throws IOException the failure of the last address
     */
    public static Wire dial(String host, int port) throws IOException {
        IOException failure = new IOException("no address of " + host + " answers");
        for (InetAddress address : Names.resolve(host)) {
            try {
                return wire(SocketChannel.open(new InetSocketAddress(address, port)));
            } catch (ClosedByInterruptException cancelled) {
                throw cancelled;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    /** Connects to the Unix-domain socket of a server that was told to use this directory and port. */
    public static Wire dial(Path directory, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(UnixSocket.file(directory, port)));
            return wire(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Wire wire(SocketChannel channel) throws IOException {
        return SocketWire.over(channel).orElseThrow(() -> new IOException("the peer closed the connection at once"));
    }
}

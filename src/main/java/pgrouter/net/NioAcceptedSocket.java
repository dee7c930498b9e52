package pgrouter.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** An {@link AcceptedSocket} that is a channel. */
record NioAcceptedSocket(SocketChannel channel) implements AcceptedSocket {
    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/** A bound socket on which connections arrive. */
interface ListeningSocket extends AutoCloseable {
    /**
     * Waits for the next connection; parks a virtual thread.
     *
     * @throws ClosedChannelException when the socket is closed, also from another thread
     */
    AcceptedSocket accept() throws IOException;

    boolean isOpen();

    /** The address that was bound. */
    SocketAddress address() throws IOException;

    /** Ends {@link #accept}. Any thread. */
    @Override
    void close() throws IOException;
}

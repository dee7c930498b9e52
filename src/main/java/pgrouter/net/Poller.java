package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;

/**
 * The sockets of one event loop: opens them, and tells when they are ready. One kind of I/O is one implementation, chosen in {@link #open}
 * and {@link #listen}; nothing else in the program names its channels. A socket tells its {@link PolledSocket.Owner}.
 */
interface Poller {
    /** Opens the poller of one event loop. */
    static Poller open() throws IOException {
        return NioPoller.open();
    }

    /**
     * Binds a listening socket, which belongs to no event loop.
     *
     * @param backlog the connections that the kernel queues
     */
    static ListeningSocket listen(SocketAddress address, int backlog) throws IOException {
        return NioListeningSocket.bind(address, backlog);
    }

    /**
     * Connects and closes at once.
     *
     * @throws java.net.ConnectException when nobody listens there
     */
    static void reach(SocketAddress address) throws IOException {
        NioPoller.reach(address);
    }

    /**
     * Connects, and polls the socket from then on. Parks the calling virtual thread as long as the kernel takes; interrupting it ends that
     * with an {@link IOException}. Any thread.
     */
    PolledSocket connect(SocketAddress address) throws IOException;

    /** Polls an accepted connection from now on. Closes it where that fails. Any thread. */
    PolledSocket adopt(AcceptedSocket accepted) throws IOException;

    /** Waits until a socket is ready or {@link #wakeup} is called, and tells the owners. Event loop only. */
    void poll() throws IOException;

    /** Tells the owners of the sockets that are ready, without waiting. Event loop only. */
    void pollNow() throws IOException;

    /** Ends the present {@link #poll}, or else the next one. Any thread. */
    void wakeup();
}

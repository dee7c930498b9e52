package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * The sockets of one carrier: opens them, and notifies their {@link PolledSocket.Owner}s when they are ready. Each
 * kind of I/O is one implementation, chosen in {@link #open} and {@link #listen}; no other class of the program names
 * its channels.
 */
interface Poller {
    /** Opens the poller of one carrier, of the fastest kind that there is here. */
    static Poller open() throws IOException {
        Optional<Poller> epoll = Epoll.open();
        return epoll.isPresent() ? epoll.get() : NioPoller.open();
    }

    /**
     * Binds a listening socket, which belongs to no carrier.
     *
     * @param backlog the connections that the kernel queues
     */
    static ListeningSocket listen(SocketAddress address, int backlog) throws IOException {
        return NioListeningSocket.bind(address, backlog);
    }

    /**
     * Connects and closes at once.
     *
     * @throws java.net.ConnectException when no process listens there
     */
    static void reach(SocketAddress address) throws IOException {
        NioPoller.reach(address);
    }

    /**
     * Connects, and polls the socket from then on. Parks the calling virtual thread as long as the kernel takes; an
     * interrupt ends the wait with an {@link IOException}. Any thread.
     */
    PolledSocket connect(SocketAddress address) throws IOException;

    /** Polls an accepted connection from now on. Closes it if that fails. Any thread. */
    PolledSocket adopt(AcceptedSocket accepted) throws IOException;

    /** Waits until a socket is ready or {@link #wakeup} is called, and notifies the owners. Thread of the carrier only. */
    void poll() throws IOException;

    /** Notifies the owners of the sockets that are ready, without waiting. Thread of the carrier only. */
    void pollNow() throws IOException;

    /** Ends the present {@link #poll}, or else the next one. Any thread. */
    void wakeup();
}

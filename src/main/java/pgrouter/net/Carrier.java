package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/**
 * Runs virtual threads, and polls the sockets that they wait for. All threads and wires of a session belong to one
 * carrier, so that one of them can wake another without a second processor. Any thread.
 */
public sealed interface Carrier permits JdkCarrier, EventLoop {
    /** The JDK's own scheduler: for work that is rare and must not wait for sessions. */
    Carrier JDK = new JdkCarrier();

    /** Starts a virtual thread on this carrier. Virtual threads that it starts in turn run on this carrier too. */
    Thread start(String name, Runnable task);

    /** Makes virtual threads of this carrier, with the names NAME-1, NAME-2 and so on. */
    ThreadFactory threads(String name);

    /**
     * Connects. Parks the calling virtual thread as long as the kernel takes; an interrupt ends the wait with an
     * {@link IOException}.
     */
    Wire connect(SocketAddress address) throws IOException;

    /** Takes an accepted connection over. Closes it if that fails. */
    Wire wire(AcceptedSocket accepted) throws IOException;

    /** The usual size of a buffer, in bytes. */
    int bufferCapacity();

    /** Lends a buffer until {@link #giveBack}. */
    Buffer borrow(int capacity);

    /** Takes back a buffer that is no longer used. */
    void giveBack(Buffer buffer);

    /**
     * Polls the sockets, so that {@link Wire#awaitsInput} reflects the kernel's present state. On a thread of this
     * carrier only.
     */
    void lookAtSockets();

    /** The number of open wires. */
    int load();
}

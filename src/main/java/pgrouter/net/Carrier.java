package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/**
 * Runs virtual threads, and polls the sockets that they wait for. All threads and wires of a session belong to one carrier, so that a
 * wake-up among them needs no other processor. Any thread.
 */
public sealed interface Carrier permits JdkCarrier, EventLoop {
    /** The JDK's own scheduler: for work that is rare and must not wait for sessions. */
    Carrier JDK = new JdkCarrier();

    /** Starts a virtual thread on this carrier. Virtual threads that it starts in turn run on this carrier too. */
    Thread start(String name, Runnable task);

    /** Makes virtual threads of this carrier, with the names NAME-1, NAME-2 and so on. */
    ThreadFactory threads(String name);

    /** Connects. Parks the calling virtual thread as long as the kernel takes; interrupting it ends that with an {@link IOException}. */
    Wire connect(SocketAddress address) throws IOException;

    /** Takes an accepted connection over. Closes it where that fails. */
    Wire wire(AcceptedSocket accepted) throws IOException;

    /** The usual size of a buffer, in bytes. */
    int bufferCapacity();

    /** Lends a buffer until {@link #giveBack}. */
    Buffer borrow(int capacity);

    /** Takes a buffer back, which is no longer used. */
    void giveBack(Buffer buffer);

    /**
     * Polls the sockets, so that {@link Wire#awaitsInput} tells what the kernel has now. On a thread of this carrier only.
     */
    void lookAtSockets();

    /** The number of open wires. */
    int load();
}

package pgrouter.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadFactory;

/**
 * Where virtual threads run and wait for their sockets. All threads and wires of a session belong to one carrier, so that they hand
 * over to each other without waking a processor. Any thread may use it.
 */
public sealed interface Carrier permits JdkCarrier, EventLoop {
    /** The JDK's own scheduler: for what is seldom, and must not wait for sessions. */
    Carrier JDK = new JdkCarrier();

    /** Starts a virtual thread here. Virtual threads that it starts in turn run here too. */
    Thread start(String name, Runnable task);

    /** Makes virtual threads that run here when they are started, by the names NAME-1, NAME-2 and so on. */
    ThreadFactory threads(String name);

    /** Takes over a connected channel. The channel is closed where that fails. */
    Wire wire(SocketChannel channel) throws IOException;

    /** The usual size of a buffer here, in bytes. */
    int bufferCapacity();

    /** A buffer for what arrives, for as long as something is there: {@link #giveBack} ends that. */
    Buffer borrow(int capacity);

    /** Nobody uses the buffer any more. */
    void giveBack(Buffer buffer);

    /**
     * Looks at the sockets of its wires, so that {@link Wire#awaitsInput} tells what the kernel has now. On a thread that runs here.
     */
    void lookAtSockets();

    /** How many wires there are on it. */
    int load();
}

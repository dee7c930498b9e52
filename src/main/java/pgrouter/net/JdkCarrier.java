package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/** The JDK's own scheduler for virtual threads, and its own way of waiting for sockets. */
final class JdkCarrier implements Carrier {
    /** The size of a buffer in bytes: small, since each waiting thread has one. */
    private static final int BUFFER = 8 * 1024;

    private final BufferPool buffers = new BufferPool(BUFFER);

    @Override
    public Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public ThreadFactory threads(String name) {
        return Thread.ofVirtual().name(name + "-", 1).factory();
    }

    @Override
    public Wire connect(SocketAddress address) throws IOException {
        return NioBlockingWire.connect(address);
    }

    @Override
    public Wire wire(AcceptedSocket accepted) throws IOException {
        return NioBlockingWire.of(accepted);
    }

    @Override
    public int bufferCapacity() {
        return BUFFER;
    }

    @Override
    public Buffer borrow(int capacity) {
        return buffers.borrow(capacity);
    }

    @Override
    public void giveBack(Buffer buffer) {
        buffers.giveBack(buffer);
    }

    /** Does nothing: the JDK's own pollers look at the sockets. */
    @Override
    public void lookAtSockets() {}

    @Override
    public int load() {
        return 0;
    }
}

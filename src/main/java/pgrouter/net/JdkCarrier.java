package pgrouter.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadFactory;

/** The JDK's own scheduler for virtual threads, and its own way of waiting for sockets. */
final class JdkCarrier implements Carrier {
    /** Small, since whoever waits has one. */
    private static final int BUFFER = 8 * 1024;

    private final LentBuffers buffers = new LentBuffers(BUFFER);

    @Override
    public Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public ThreadFactory threads(String name) {
        return Thread.ofVirtual().name(name + "-", 1).factory();
    }

    @Override
    public Wire wire(SocketChannel channel) throws IOException {
        SocketOptions.set(channel);
        return new BlockingWire(channel);
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

    /** It cannot: the JDK's own pollers look. */
    @Override
    public void lookAtSockets() {}

    @Override
    public int load() {
        return 0;
    }
}

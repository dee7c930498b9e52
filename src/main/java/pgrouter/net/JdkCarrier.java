package pgrouter.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The JDK's own scheduler for virtual threads, and its own way of waiting for sockets. Nothing is lent: each buffer is a new one. */
final class JdkCarrier implements Carrier {
    @Override
    public Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public Wire wire(SocketChannel channel) throws IOException {
        SocketOptions.set(channel);
        return new BlockingWire(channel);
    }

    @Override
    public Buffer borrow(int capacity) {
        return Buffer.of(capacity);
    }

    @Override
    public void giveBack(Buffer buffer) {}

    @Override
    public int load() {
        return 0;
    }
}

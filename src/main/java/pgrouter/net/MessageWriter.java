package pgrouter.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes to a peer for several threads. Each call writes whole messages. Where a message must be written in pieces, the
 * thread that has begun it keeps the others out until it has ended it. The lock is held over I/O: to keep messages
 * whole is its only purpose.
 */
public final class MessageWriter {
    private final Wire wire;
    private final ReentrantLock whole = new ReentrantLock();

    public MessageWriter(Wire wire) {
        this.wire = wire;
    }

    /** Writes whole messages, after which another thread may write. */
    public void write(byte[] messages) throws IOException {
        write(ByteBuffer.wrap(messages), false);
    }

    /**
     * @param continues the last message is not complete: its rest follows in this thread's next call, and no other
     *     thread writes before that. After an {@link IOException} no thread is kept out.
     */
    public void write(ByteBuffer messages, boolean continues) throws IOException {
        boolean begun = whole.isHeldByCurrentThread();
        if (!begun) {
            whole.lock();
        }
        boolean keep = false;
        try {
            wire.write(messages);
            keep = continues;
        } finally {
            if (!keep) {
                whole.unlock();
            }
        }
    }

    /** Whether this thread has begun a message and not ended it. Any other bytes would be taken for the rest of the message. */
    public boolean isWithinMessage() {
        return whole.isHeldByCurrentThread();
    }

    /** Lets other threads write although a message is incomplete: for a thread that ends, after the wire is closed. */
    public void abandon() {
        if (whole.isHeldByCurrentThread()) {
            whole.unlock();
        }
    }
}

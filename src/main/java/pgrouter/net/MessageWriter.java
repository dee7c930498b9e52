package pgrouter.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to a peer that several threads write to. Each call writes whole messages; where one message must be written in pieces,
 * the thread that began it keeps the others out until it has ended it. The lock is held over I/O: keeping messages whole is its
 * only purpose.
 */
public final class MessageWriter {
    private final Wire wire;
    private final ReentrantLock whole = new ReentrantLock();

    public MessageWriter(Wire wire) {
        this.wire = wire;
    }

    /** Writes messages, behind which another thread may write. */
    public void write(byte[] messages) throws IOException {
        write(ByteBuffer.wrap(messages), false);
    }

    /**
     * @param continues the last message is not complete: the rest of it follows in this thread's next call, and nobody else writes
     *     before that. After an {@link IOException} nobody is kept out.
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

    /** Whether this thread has begun a message and not ended it: nothing else may be written then, or it would be taken for its end. */
    public boolean isWithinMessage() {
        return whole.isHeldByCurrentThread();
    }

    /** Gives way to other threads although a message is incomplete: for a thread that ends, behind closing the wire. */
    public void abandon() {
        if (whole.isHeldByCurrentThread()) {
            whole.unlock();
        }
    }
}

package pgrouter.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/** Lends buffers to sessions that have bytes to keep, so that an idle session has none. Any thread. */
final class BufferPool {
    /** The maximum number of buffers in stock; further ones are left to the garbage collector. */
    private static final int STOCK = 64;

    private final int usualCapacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Buffer> stock = new ArrayDeque<>();

    /** @param usualCapacity of the buffers that are kept in stock, in bytes */
    BufferPool(int usualCapacity) {
        this.usualCapacity = usualCapacity;
    }

    /** Lends the buffer that was given back last: it is in the processor's cache. */
    Buffer borrow(int capacity) {
        lock.lock();
        try {
            return capacity == usualCapacity && !stock.isEmpty() ? stock.removeFirst() : Buffer.of(capacity);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(Buffer buffer) {
        lock.lock();
        try {
            if (buffer.capacity() == usualCapacity && stock.size() < STOCK) {
                stock.addFirst(buffer);
            }
        } finally {
            lock.unlock();
        }
    }
}

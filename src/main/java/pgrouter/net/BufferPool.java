package pgrouter.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/** Buffers that are lent to those who have something to keep, so that a session at rest has none. Any thread. */
final class BufferPool {
    /** Beyond so many in stock they are left to the garbage collector. */
    private static final int STOCK = 64;

    private final int usualCapacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Buffer> stock = new ArrayDeque<>();

    /** @param usualCapacity of those that are kept for the next borrower, in bytes */
    BufferPool(int usualCapacity) {
        this.usualCapacity = usualCapacity;
    }

    /** The one that was given back last: it is in the processor's cache. */
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

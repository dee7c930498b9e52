package pgrouter.net;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/** The tasks that run next on a carrier. Any thread adds, the carrier takes; neither allocates. */
final class RunQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private Queue<Runnable> arriving = new ArrayDeque<>();
    private Queue<Runnable> taken = new ArrayDeque<>();

    void add(Runnable task) {
        lock.lock();
        try {
            arriving.add(task);
        } finally {
            lock.unlock();
        }
    }

    /** Thread of the carrier only. */
    boolean isEmpty() {
        lock.lock();
        try {
            return arriving.isEmpty() && taken.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all tasks that have come. Tasks of an earlier call that are left come with the next call. Thread of the carrier only. */
    Queue<Runnable> takeAll() {
        lock.lock();
        try {
            Queue<Runnable> all = arriving;
            arriving = taken;
            taken = all;
            return all;
        } finally {
            lock.unlock();
        }
    }
}

package pgrouter.net;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/** What is to run next on an event loop. Any thread adds, the event loop takes; neither makes garbage by it. */
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

    /** For the event loop alone. */
    boolean isEmpty() {
        lock.lock();
        try {
            return arriving.isEmpty() && taken.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** All that has come, for the event loop alone. What it has left of what it took before comes the next time. */
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

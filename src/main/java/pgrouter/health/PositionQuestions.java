package pgrouter.health;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that wait for the position of one node, and the time at which it is to be asked next. A thread waits for
 * the end of a question that was sent after a time, answered or not, so all threads share the questions. Besides, a
 * position may be requested for which no thread waits yet. Times are {@link System#nanoTime()}. Any thread; the lock is held for no I/O.
 */
final class PositionQuestions {
    /** Nothing is to be asked. */
    static final long NEVER = Long.MAX_VALUE;

    private final Runnable wake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();

    /** The question that threads wait for. Guarded by lock. */
    private final Wish awaited = new Wish();

    /** The question that no thread waits for. Guarded by lock. */
    private final Wish requested = new Wish();

    /** The number of threads that wait. Guarded by lock. */
    private int waiting;

    /** Whether a question is under way. Guarded by lock. */
    private boolean underWay;

    /** The time at which the last question was sent. Guarded by lock. */
    private long sentAt;

    /** Whether a question has ended. Guarded by lock. */
    private boolean asked;

    /** The time at which the last question that has ended was sent. Guarded by lock. */
    private long answeredAsOf;

    /** The time at which it has ended. Guarded by lock. */
    private long answeredAt = System.nanoTime();

    /** Whether the node is asked no more. Guarded by lock. */
    private boolean closed;

    /** @param wake wakes the thread that asks; called with the lock */
    PositionQuestions(Runnable wake) {
        this.wake = wake;
    }

    /** The time at which somebody wants the node to be asked. */
    private static final class Wish {
        private boolean isThere;
        private long at;

        /** @return whether it is earlier than it was */
        boolean add(long time) {
            boolean earlier = !isThere || time - at < 0;
            if (earlier) {
                isThere = true;
                at = time;
            }
            return earlier;
        }

        void clear() {
            isThere = false;
        }

        long dueIn(long now) {
            return isThere ? Math.max(0, at - now) : NEVER;
        }
    }

    /**
     * Waits for an answer to a question that is sent after a time, which may be under way. A node that has not answered
     * for as long as the caller would wait is not waited for.
     *
     * @param since the node is asked at this time where that is later than now
     * @return false where there was none before the deadline
     */
    boolean await(long since, long deadline) throws InterruptedException {
        long patience = deadline - System.nanoTime();
        lock.lockInterruptibly();
        waiting++;
        try {
            while (!isAnswered(since)) {
                long now = System.nanoTime();
                if (closed || deadline - now <= 0 || (underWay && now - sentAt > patience)) {
                    return false;
                }
                if (!underWay || sentAt - since <= 0) {
                    want(awaited, since);
                }
                answered.awaitNanos(deadline - now);
            }
            return true;
        } finally {
            waiting--;
            if (waiting == 0) {
                awaited.clear();
            }
            lock.unlock();
        }
    }

    private boolean isAnswered(long since) {
        return asked && answeredAsOf - since > 0;
    }

    /** Asks for the position, for which no thread waits yet. */
    void request() {
        lock.lock();
        try {
            want(requested, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the position, but not sooner than so many nanoseconds after the last answer. */
    void request(long pause) {
        lock.lock();
        try {
            want(requested, answeredAt + pause);
        } finally {
            lock.unlock();
        }
    }

    private void want(Wish wish, long at) {
        if (wish.add(at)) {
            wake.run();
        }
    }

    /** In how many nanoseconds the node is to be asked; 0 for now, {@link #NEVER} where nothing is to be asked. */
    long dueIn() {
        lock.lock();
        try {
            long now = System.nanoTime();
            return Math.min(awaited.dueIn(now), requested.dueIn(now));
        } finally {
            lock.unlock();
        }
    }

    /** The node is about to be asked. */
    void begins() {
        lock.lock();
        try {
            awaited.clear();
            requested.clear();
            underWay = true;
            sentAt = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** The answer is known, or there is none. Called after it was published. */
    void ends() {
        lock.lock();
        try {
            underWay = false;
            asked = true;
            answeredAsOf = sentAt;
            answeredAt = System.nanoTime();
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The node is asked no more: no thread waits any longer. */
    void close() {
        lock.lock();
        try {
            closed = true;
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

package pgrouter.log;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Whether something that can happen at any rate is to be told again. Any thread. */
public final class Seldom {
    private final long interval;
    private final AtomicLong next;

    /** @param interval at most once in this time */
    public Seldom(Duration interval) {
        this.interval = interval.toNanos();
        this.next = new AtomicLong(System.nanoTime());
    }

    /** Whether it is time; who asks tells it then. */
    public boolean isDue() {
        long due = next.get();
        long now = System.nanoTime();
        return now - due >= 0 && next.compareAndSet(due, now + interval);
    }
}

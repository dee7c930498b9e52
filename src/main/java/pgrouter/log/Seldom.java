package pgrouter.log;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Limits how often a frequent event is reported. Any thread. */
public final class Seldom {
    private final long interval;
    private final AtomicLong next;

    /** @param interval the shortest time between two reports */
    public Seldom(Duration interval) {
        this.interval = interval.toNanos();
        this.next = new AtomicLong(System.nanoTime());
    }

    /** Whether a report is due; then the caller makes it. */
    public boolean isDue() {
        long due = next.get();
        long now = System.nanoTime();
        return now - due >= 0 && next.compareAndSet(due, now + interval);
    }
}

package pgrouter.cluster;

import java.time.Duration;

/** Asks the nodes where they are in the write-ahead log, when somebody wants to know. Any thread. */
public interface Clock {
    /** Somebody waits for newer positions than those that are known. */
    void nudge();

    /** Waits until positions have come in, for so long at most. */
    void await(Duration atMost) throws InterruptedException;

    /** Nobody asks: the positions are those of the rounds of health. */
    Clock STOPPED = new Clock() {
        @Override
        public void nudge() {}

        @Override
        public void await(Duration atMost) {}
    };
}

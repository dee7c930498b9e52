package pgrouter.cluster;

import java.time.Duration;

/** Asks the nodes where they are in the write-ahead log, and what they are, when somebody wants to know. Any thread. */
public interface Probes {
    /** Somebody will soon want newer positions than those that are known, and does not wait for them. */
    void requestPosition();

    /** Waits until positions have come in, for so long at most. */
    void await(Duration atMost) throws InterruptedException;

    /**
     * Something is wrong with a node, or somebody waits for a primary: all are probed now, not with the next round, and again and
     * again for a while as long as there is no primary.
     */
    void probeNow();

    /** Nobody asks: the positions are those of the rounds of health. */
    Probes STOPPED = new Probes() {
        @Override
        public void requestPosition() {}

        @Override
        public void probeNow() {}

        @Override
        public void await(Duration atMost) {}
    };
}

package pgrouter.cluster;

import java.time.Duration;

/** Asks the nodes for their positions in the write-ahead log and their roles, on demand. Any thread. */
public interface Probes {
    /** Asks for newer positions than the known ones, without waiting for them. */
    void requestPosition();

    /** Waits until positions have come in, for this time at most. */
    void await(Duration atMost) throws InterruptedException;

    /**
     * Probes all nodes now, not with the next round, since something is wrong with a node or a session waits for a
     * primary. Repeats that for a while as long as there is no primary.
     */
    void probeNow();

    /** Probes nothing: the positions are those of the rounds of health. */
    Probes STOPPED = new Probes() {
        @Override
        public void requestPosition() {}

        @Override
        public void probeNow() {}

        @Override
        public void await(Duration atMost) {}
    };
}

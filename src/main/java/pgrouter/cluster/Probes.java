package pgrouter.cluster;

import java.time.Duration;
import pgrouter.config.Address;

/** Asks the nodes for their positions in the write-ahead log and their roles, on demand. Any thread. */
public interface Probes {
    /** Asks the primary for its position at once, for reads that will come. Waits for nothing. */
    void requestPrimaryPosition();

    /** Asks a node for its position, unless it has just been asked. Waits for nothing. */
    void requestPosition(Address node);

    /**
     * Waits until a question for the position of a node that was sent after a time has been answered, or has failed. All
     * threads that wait share the questions. A node that has not answered for as long as the caller would wait is not waited for.
     *
     * @param since {@link System#nanoTime()}; a time to come is awaited before the node is asked
     * @param deadline the same
     * @return false where it has not answered before the deadline
     */
    boolean awaitPosition(Address node, long since, long deadline) throws InterruptedException;

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
        public void requestPrimaryPosition() {}

        @Override
        public void requestPosition(Address node) {}

        @Override
        public boolean awaitPosition(Address node, long since, long deadline) {
            return false;
        }

        @Override
        public void probeNow() {}

        @Override
        public void await(Duration atMost) {}
    };
}

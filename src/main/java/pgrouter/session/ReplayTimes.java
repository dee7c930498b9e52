package pgrouter.session;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.config.Address;

/**
 * How long reads usually wait until one standby has replayed what they must see: the time in which 99 of 100 of them
 * have found it replayed. A running quantile that needs only to know whether each wait was long enough: a wait that was
 * not raises it 99 times as much as one that was lowers it. Any thread; an update that another one overwrites is
 * harmless.
 */
public final class ReplayTimes {
    private static final long SHORTEST = Duration.ofMillis(1).toNanos();

    /** A wait that was long enough lowers the limit by this part of it. */
    private static final long STEP = 1000;

    private static final int OTHERS = 99;

    /** In nanoseconds. */
    private volatile long limit = Long.MAX_VALUE;

    /** The version with which the node has refused {@code WAIT FOR LSN}; empty where it has not. */
    private volatile String withoutWait = "";

    /** The times of all nodes. Any thread. */
    public static final class OfNodes {
        private final Map<Address, ReplayTimes> nodes = new ConcurrentHashMap<>();

        ReplayTimes at(Address node) {
            return nodes.computeIfAbsent(node, address -> new ReplayTimes());
        }
    }

    /** How long a read is to wait, in nanoseconds; at most this long, which is also the first estimate. */
    long limit(Duration most) {
        return Math.max(SHORTEST, Math.min(limit, most.toNanos()));
    }

    /** Whether the node has not refused to wait for a position itself since it has this version. */
    boolean mayWait(String version) {
        return !version.equals(withoutWait);
    }

    /** Notes that the node, in this version, has refused to wait for a position itself. */
    void refusesToWait(String version) {
        withoutWait = version;
    }

    /**
     * Notes how a wait has ended.
     *
     * @param waited the limit of the wait, in nanoseconds
     * @param reached whether the standby has replayed what the read must see
     */
    void ended(long waited, boolean reached) {
        long part = waited / STEP;
        limit = Math.max(SHORTEST, reached ? waited - part : waited + OTHERS * part);
    }
}

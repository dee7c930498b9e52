package pgrouter.session;

import java.util.concurrent.TimeUnit;
import pgrouter.cluster.Lsn;
import pgrouter.exchange.Relay;
import pgrouter.protocol.FrontendMessage;
import pgrouter.routing.Route;

/**
 * The wait of one read in its standby: the server waits until it has replayed a position, and then runs the read.
 * Immutable.
 *
 * @param late the route of the read where the standby has not replayed the position in time
 * @param begun {@link System#nanoTime()} when the read began to wait
 * @param limit how long the read may wait in all, in nanoseconds
 * @param askedAt {@link System#nanoTime()} before the standby is asked to wait
 * @param milliseconds how long it is to wait
 */
record StandbyWait(
        Relay standby, Lsn position, Route.Reason late, long begun, long limit, long askedAt, long milliseconds) {
    /**
     * {@code WAIT FOR LSN} without an error where the time is over, or where the node is no standby any more. A timeout
     * of 0 would be none at all.
     */
    byte[] query() {
        return FrontendMessage.query("WAIT FOR LSN '" + position + "' WITH (MODE 'standby_replay', TIMEOUT '"
                + milliseconds + "ms', NO_THROW)");
    }

    /** The time that is left until a deadline, in whole milliseconds: half of one counts. */
    static long milliseconds(long left) {
        return TimeUnit.NANOSECONDS.toMillis(left + TimeUnit.MILLISECONDS.toNanos(1) / 2);
    }
}

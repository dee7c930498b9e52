package pgrouter.request;

import java.time.Duration;
import java.util.List;
import pgrouter.log.Detail;
import pgrouter.log.Log;
import pgrouter.metrics.Metrics;
import pgrouter.protocol.ProtocolException;

/**
 * How long the requests of one session take, from their last byte until their answer was passed on: counted, and logged where that
 * was too long. One a session, used by the client thread.
 */
public final class RequestTimes {
    private static final Log LOG = Log.of("session");
    private static final double NANOS_PER_MILLI = 1e6;

    private final Metrics metrics;
    private final RequestText text;
    private long begun;

    public RequestTimes(Metrics metrics, RequestText text) {
        this.metrics = metrics;
        this.text = text;
    }

    public void begins() {
        begun = System.nanoTime();
    }

    /** A standby has refused the request, which goes on. */
    public void refused() {
        metrics.redirects().count(System.nanoTime() - begun);
    }

    /**
     * Before the request leaves the inbox.
     *
     * @param route where it ran, and why
     * @param byReader whether that was a standby
     * @param slow the shortest time that is logged; zero for none
     */
    public void ends(Request request, String route, boolean byReader, Duration slow) throws ProtocolException {
        long took = System.nanoTime() - begun;
        (byReader ? metrics.reads() : metrics.writes()).count(took);
        if (!slow.isZero() && took >= slow.toNanos()) {
            LOG.log(
                    "slow request",
                    List.of(
                            new Detail.Milliseconds("duration_ms", took / NANOS_PER_MILLI),
                            new Detail.Text("route", route),
                            new Detail.Text("statement", text.of(request))));
        }
    }
}

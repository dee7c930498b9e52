package pgrouter.request;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import pgrouter.log.Detail;
import pgrouter.log.Log;
import pgrouter.metrics.Metrics;
import pgrouter.protocol.ProtocolException;

/**
 * Measures the requests of one session, from their last byte until their answer was passed on. Counts them, and logs
 * slow ones. One per session. Client thread only.
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

    /** Notes that a standby has refused the request, which goes on. */
    public void refused() {
        metrics.redirects().count(System.nanoTime() - begun);
    }

    /**
     * Counts the request. Called before it leaves the inbox.
     *
     * @param route where it ran, and why
     * @param byReader whether that was a standby
     * @param slow the shortest time that is logged; zero for none
     */
    public void ends(Request request, Supplier<String> route, boolean byReader, Duration slow)
            throws ProtocolException {
        long took = System.nanoTime() - begun;
        (byReader ? metrics.reads() : metrics.writes()).count(took);
        if (!slow.isZero() && took >= slow.toNanos()) {
            LOG.log(
                    "slow request",
                    List.of(
                            new Detail.Milliseconds("duration_ms", took / NANOS_PER_MILLI),
                            new Detail.Text("route", route.get()),
                            new Detail.Text("statement", text.of(request))));
        }
    }
}

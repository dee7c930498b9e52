package pgrouter.http;

import java.time.Instant;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import pgrouter.cluster.Cluster;
import pgrouter.config.Address;
import pgrouter.metrics.Metrics;
import pgrouter.routing.LearnedRefusals;

/**
 * The sources of the status of a running pgrouter. Any thread may use each of them.
 *
 * @param carriers the threads that sessions run on; none where the JDK schedules them
 * @param open the number of sessions that have a connection to a backend
 * @param kept the number of idle connections that are kept for the next sessions
 */
public record Facts(
        String version,
        Instant started,
        int workers,
        List<Thread> carriers,
        Cluster cluster,
        Metrics metrics,
        LearnedRefusals learned,
        ToIntFunction<Address> open,
        IntSupplier kept) {}

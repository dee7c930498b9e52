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
 * What can be told of a running pgrouter. Everything in it is safe for use by many threads.
 *
 * @param carriers the threads that sessions run on; none where the JDK schedules them
 * @param pipes how many sessions have a connection to a backend
 * @param kept how many connections are kept for sessions to come
 */
public record Facts(
        String version,
        Instant started,
        int workers,
        List<Thread> carriers,
        Cluster cluster,
        Metrics metrics,
        LearnedRefusals learned,
        ToIntFunction<Address> pipes,
        IntSupplier kept) {}

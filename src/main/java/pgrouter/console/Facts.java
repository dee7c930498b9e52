package pgrouter.console;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import pgrouter.backend.ServerFacts;
import pgrouter.cluster.Cluster;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.metrics.ClientFacts;
import pgrouter.metrics.Metrics;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.TransactionShapes;

/**
 * The sources of the console's tables. Any thread.
 *
 * @param config the present configuration
 * @param open the number of connections that sessions have to a backend
 * @param warm the number of idle connections that are kept for the next sessions
 */
public record Facts(
        String version,
        Instant started,
        Cluster cluster,
        Metrics metrics,
        LearnedRefusals learned,
        TransactionShapes shapes,
        Supplier<Config> config,
        Supplier<List<ClientFacts>> clients,
        Supplier<List<ServerFacts>> servers,
        ToIntFunction<Address> open,
        ToIntFunction<Address> warm) {}

package pgrouter.console;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import pgrouter.backend.PipeFacts;
import pgrouter.cluster.Cluster;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.metrics.ClientFacts;
import pgrouter.metrics.Metrics;
import pgrouter.routing.LearnedRefusals;

/**
 * What the console knows of a running pgrouter. Everything in it is safe for use by many threads.
 *
 * @param config that holds now
 * @param open how many connections sessions have to a backend
 * @param warm how many are kept for sessions to come
 */
public record Facts(
        String version,
        Instant started,
        Cluster cluster,
        Metrics metrics,
        LearnedRefusals learned,
        Supplier<Config> config,
        Supplier<List<ClientFacts>> clients,
        Supplier<List<PipeFacts>> pipes,
        ToIntFunction<Address> open,
        ToIntFunction<Address> warm) {}

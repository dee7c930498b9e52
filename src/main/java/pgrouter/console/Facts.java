package pgrouter.console;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import pgrouter.cluster.Cluster;
import pgrouter.config.Address;
import pgrouter.config.Config;
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
        Supplier<List<Client>> clients,
        Supplier<List<Pipe>> pipes,
        ToIntFunction<Address> open,
        ToIntFunction<Address> warm) {
    /**
     * A client.
     *
     * @param user empty until it has logged in, as are database and application
     * @param address empty where it came by a Unix-domain socket
     */
    public record Client(
            long number,
            Optional<String> user,
            Optional<String> database,
            Optional<String> application,
            Optional<String> address,
            String state,
            Instant since,
            boolean encrypted) {}

    /** A session's connection to a backend. */
    public record Pipe(long client, Address backend, boolean isWriter, int processId) {}
}

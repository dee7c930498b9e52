package pgrouter.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import pgrouter.client.Capacity;
import pgrouter.client.Memory;
import pgrouter.cluster.Uptime;
import pgrouter.config.Pool;
import pgrouter.pool.NewProcesses;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;
import pgrouter.tls.TlsServer;

/** What is set of a stage besides its {@code Rules}. The memory, the processes and the size of the pool count when it opens, all else at any time. */
final class StageOptions {
    Memory memory = Memory.unlimited();
    Optional<NewProcesses> processes = Optional.empty();
    volatile Pool pool = new Pool(0, Duration.ofMinutes(1), Duration.ofMinutes(1));
    volatile Uptime uptime = Uptime.UNKNOWN;
    volatile Optional<TlsServer> tls = Optional.empty();
    volatile Duration grace = Duration.ofMinutes(1);
    volatile Function<Optional<SearchPath>, Optional<SuspectNames>> suspects = always(SuspectNames.NONE);
    volatile Capacity capacity = Capacity.UNBOUNDED;

    static Function<Optional<SearchPath>, Optional<SuspectNames>> always(SuspectNames names) {
        Optional<SuspectNames> known = Optional.of(names);
        return path -> known;
    }
}

package pgrouter.health;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import pgrouter.backend.Reached;
import pgrouter.cluster.ClusterView;
import pgrouter.config.Backend;

/**
 * The result of asking one backend.
 *
 * @param resolved the addresses of its name; none where the name is not known or the backend is a directory
 * @param reached the progress of the connection; empty where there was none
 * @param news the role and position that it reports, or that it could not be asked
 * @param trouble the reason why it could not be asked
 * @param receiver the WAL receiver; of a standby only
 */
record Finding(
        Backend backend,
        List<InetAddress> resolved,
        Optional<Reached> reached,
        UnaryOperator<ClusterView> news,
        Optional<Throwable> trouble,
        Optional<String> version,
        Optional<Receiver> receiver) {
    /** Whether a standby has a WAL receiver, as the health role sees it. */
    enum Receiver {
        /** Nothing replicates. */
        NONE,
        /** There is one, of which the role may see no details. */
        HIDDEN,
        SEEN
    }

    Finding {
        resolved = List.copyOf(resolved);
    }
}

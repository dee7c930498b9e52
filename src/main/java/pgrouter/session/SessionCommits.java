package pgrouter.session;

import java.util.Optional;
import pgrouter.cluster.Cluster;
import pgrouter.exchange.Relay;
import pgrouter.request.Request;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.SuspectNames;

/**
 * Whether the primary may acknowledge commits of one session before their WAL is flushed, as with {@code
 * synchronous_commit} off. Whatever is not known counts as if it were so. Client thread only.
 */
final class SessionCommits {
    private final Cluster cluster;
    private final Catalog catalog;

    /** Whether the session may have set it, or a text that nobody has seen: it stays so. */
    private boolean mayBeSet;

    /** @param servers of the session, whose startup message may set it */
    SessionCommits(Cluster cluster, Catalog catalog, Servers servers) {
        this.cluster = cluster;
        this.catalog = catalog;
        this.mayBeSet = servers.mayCommitAsynchronously();
    }

    /** Notes that a request was answered. */
    void ran(Request request) {
        mayBeSet |= request.mayCommitAsynchronously();
    }

    /** Whether it may be so for a request on this server. */
    boolean mayBeAsynchronous(Request request, Relay writer) {
        return mayBeSet || request.mayCommitAsynchronously() || areSetByFunctions() || areSetAtLogin(writer);
    }

    /** A trigger may call any function of the database, which may set it for the session. */
    private boolean areSetByFunctions() {
        Optional<SuspectNames> known = catalog.suspects(Optional.empty());
        mayBeSet |= known.isPresent() && known.get().hasAsynchronousCommits();
        return mayBeSet || known.isEmpty();
    }

    private boolean areSetAtLogin(Relay writer) {
        return cluster.view()
                .mayAcknowledgeEarly(
                        writer.address(),
                        writer.connection().begunAt(),
                        writer.connection().openedAt());
    }
}

package pgrouter.pool;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import pgrouter.backend.LoginException;
import pgrouter.backend.Opening;
import pgrouter.cluster.Node;
import pgrouter.log.Log;
import pgrouter.net.TaskScope;

/**
 * The server connections with which a session begins: at least one of them.
 *
 * @param refused the standby that was chosen and has refused the login
 */
public record ServerPair(Optional<Lease> writer, Optional<Lease> reader, Optional<Node> refused) {
    private static final Log LOG = Log.of("session");

    /** Opens a reader alone, while there is no primary. */
    public static ServerPair ofReader(Lease reader) {
        return new ServerPair(Optional.empty(), Optional.of(reader), Optional.empty());
    }

    /**
     * Opens a connection to the primary, and one to the standby at the same time. Where a standby refuses the login,
     * the session has only its writer: the client never gets an error for that.
     *
     * @throws LoginException where the primary refuses the login
     */
    public static ServerPair open(ServerOpener opener, Node primary, Optional<Node> standby)
            throws LoginException, InterruptedException {
        Optional<Lease> keptWriter = opener.kept(primary);
        Optional<Lease> keptReader = standby.flatMap(opener::kept);
        if (keptWriter.isPresent() && keptReader.isPresent() == standby.isPresent()) {
            return new ServerPair(keptWriter, keptReader, Optional.empty());
        }
        Opening<Lease> reader = new Opening<>(Lease::close);
        try (TaskScope scope = new TaskScope(opener.login().threadName())) {
            Future<Lease> writer =
                    scope.fork(() -> keptWriter.isPresent() ? keptWriter.get() : opener.openPrimary(primary));
            Optional<Future<Lease>> opening = standby.map(node ->
                    reader.with(scope.fork(() -> keptReader.isPresent() ? keptReader.get() : opener.open(node))));
            Lease opened = await(writer);
            Optional<Lease> other = opening.flatMap(ServerPair::awaitReader);
            return new ServerPair(Optional.of(opened), other, standby.filter(node -> other.isEmpty()));
        } catch (LoginException | InterruptedException | RuntimeException e) {
            keptWriter.ifPresent(Lease::close);
            reader.abandon();
            throw e;
        }
    }

    private static Lease await(Future<Lease> opening) throws LoginException, InterruptedException {
        try {
            return opening.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoginException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Optional<Lease> awaitReader(Future<Lease> opening) {
        try {
            return Optional.of(opening.get());
        } catch (ExecutionException e) {
            LOG.info("has no standby: " + e.getCause().getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}

package pgrouter.pool;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.client.SessionException;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.log.Log;

/**
 * Opens the server connections of one login: takes a kept one, else dials. Runs on the thread that calls it, which
 * may be a child of the client thread.
 */
public final class ServerOpener {
    private static final Log LOG = Log.of("session");

    /** The newest version of PostgreSQL that does not report at login whether it is a standby. */
    private static final int LAST_TO_BE_ASKED = 13;

    private final Connector connector;
    private final ServerPool pool;
    private final Cluster cluster;
    private final ServerLogin login;

    public ServerOpener(Connector connector, ServerPool pool, Cluster cluster, ServerLogin login) {
        this.connector = connector;
        this.pool = pool;
        this.cluster = cluster;
        this.login = login;
    }

    public ServerLogin login() {
        return login;
    }

    /** Returns a kept connection to the node; empty where there is none. */
    Optional<Lease> kept(Node node) {
        return pool.take(node, login.key()).map(this::lease);
    }

    /**
     * Returns a connection to the node.
     *
     * @throws LoginException as {@link Connector#open} does
     */
    public Lease open(Node node) throws LoginException, InterruptedException {
        Optional<Lease> kept = kept(node);
        return kept.isPresent() ? kept.get() : lease(dial(node, () -> true, this::learn));
    }

    /**
     * Returns a connection to the node as long as it is the primary: one that is replaced meanwhile may not answer
     * for a long time.
     *
     * @throws LoginException as {@link Connector#open} does, and where the node is a standby by now
     */
    public Lease openPrimary(Node node) throws LoginException, InterruptedException {
        Optional<Lease> kept = kept(node);
        return kept.isPresent() ? kept.get() : lease(dialPrimary(node));
    }

    /**
     * Returns a connection to the primary, as soon as one accepts the login.
     *
     * @return empty where the wait has found another way
     * @throws SessionException where a node refuses in a way that a failover does not explain
     * @throws NoPrimaryException where the wait is over
     */
    public Optional<Lease> openPrimary(PrimaryWait wait)
            throws NoPrimaryException, SessionException, InterruptedException {
        return wait.untilEither(view -> view.primary().isPresent()
                ? Optional.of(openPrimary(view.primary().get()))
                : Optional.empty());
    }

    /**
     * Returns the nodes that have not answered a login lately. No client waits for such a standby as long as there is
     * a primary.
     */
    public Set<Address> unanswering(ClusterView view) {
        return view.primary().isPresent() ? connector.unanswering() : Set.of();
    }

    private Lease lease(ServerConnection connection) {
        return new Lease(pool, login, connection);
    }

    private ServerConnection dialPrimary(Node node) throws LoginException, InterruptedException {
        AtomicBoolean standby = new AtomicBoolean();
        ServerConnection opened = dial(node, () -> isPrimary(node), connection -> {
            standby.set(isStandby(connection));
            learn(connection);
        });
        if (standby.get()) {
            opened.terminate();
            throw LoginException.standby(node.backend());
        }
        return opened;
    }

    private ServerConnection dial(Node node, BooleanSupplier wanted, Connector.First first)
            throws LoginException, InterruptedException {
        return connector.open(node.backend(), login.carrier(), login.parameters(), login.credential(), wanted, first);
    }

    private void learn(ServerConnection connection) throws IOException {
        pool.opened(connection, login.parameters());
    }

    /** Whether no other node is known to be the primary. */
    private boolean isPrimary(Node node) {
        return cluster.view()
                .primary()
                .filter(now -> !now.backend().address().equals(node.backend().address()))
                .isEmpty();
    }

    /**
     * PostgreSQL 14 and newer report at login whether they are a standby. An older one is asked, within the time for
     * the login.
     */
    private static boolean isStandby(ServerConnection connection) {
        String inStandby = connection.parameters().get("in_hot_standby");
        if (inStandby != null || connection.majorVersion() != LAST_TO_BE_ASKED) {
            return "on".equals(inStandby);
        }
        try {
            return OwnQuery.firstRow(connection, "SELECT pg_catalog.pg_is_in_recovery()")
                    .getFirst()
                    .equals(Optional.of("t"));
        } catch (IOException | QueryException e) {
            LOG.debug(() -> "a new primary did not say what it is: " + e.getMessage());
            return true;
        }
    }
}

package pgrouter.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import pgrouter.backend.LoginException;
import pgrouter.client.SessionException;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;
import pgrouter.protocol.SqlState;

/**
 * Waits for a primary that accepts a login, for one client and as long as the configuration allows. Asks health for
 * new probes as long as the wait lasts. Client thread only.
 */
public final class PrimaryWait {
    /** The time after which a node is tried again that accepts no logins for now. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    /** The interval at which health is reminded where nothing changes. */
    private static final Duration REMINDER = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Probes probes;
    private final long deadline;
    private final BooleanSupplier ended;
    private final boolean waitsForRoom;
    private final Predicate<ClusterView> otherWay;
    private Optional<LoginException> last = Optional.empty();

    /** Opens the connection that a client waits for. */
    public interface Attempt<T> {
        /**
         * @return empty where the view has no node for it
         * @throws LoginException where a node has refused or did not answer
         */
        Optional<T> at(ClusterView view) throws LoginException, InterruptedException;
    }

    private PrimaryWait(
            Cluster cluster,
            Probes probes,
            Duration atMost,
            BooleanSupplier ended,
            boolean waitsForRoom,
            Predicate<ClusterView> otherWay) {
        this.cluster = cluster;
        this.probes = probes;
        this.deadline = System.nanoTime() + atMost.toNanos();
        this.ended = ended;
        this.waitsForRoom = waitsForRoom;
        this.otherWay = otherWay;
    }

    /**
     * Returns the wait of a client that is not logged in yet. A node that has no room for the login refuses the
     * client.
     *
     * @param ended whether the wait is over before its time
     */
    public static PrimaryWait atLogin(Cluster cluster, Probes probes, Duration atMost, BooleanSupplier ended) {
        return new PrimaryWait(cluster, probes, atMost, ended, false, view -> false);
    }

    /** Returns the wait of a session. A node that has no room for the login is tried again. */
    public static PrimaryWait inSession(Cluster cluster, Probes probes, Duration atMost) {
        return inSession(cluster, probes, atMost, view -> false);
    }

    /**
     * Returns the wait of a session that may not need the primary after all.
     *
     * @param otherWay whether the session can go on without one, as things are in a view; called under the lock of the
     *     cluster, on the thread that waits
     */
    public static PrimaryWait inSession(
            Cluster cluster, Probes probes, Duration atMost, Predicate<ClusterView> otherWay) {
        return new PrimaryWait(cluster, probes, atMost, () -> false, true, otherWay);
    }

    /**
     * Tries until an attempt succeeds: at once, when there is another primary, and from time to time where the
     * present one accepts no logins for now.
     *
     * @throws SessionException where a node refuses in a way that a failover does not explain, with its error
     * @throws NoPrimaryException where the time is over
     */
    public <T> T until(Attempt<T> attempt) throws NoPrimaryException, SessionException, InterruptedException {
        return untilEither(attempt).orElseThrow();
    }

    /**
     * The same, until an attempt succeeds or there is another way.
     *
     * @return empty where there is another way
     */
    public <T> Optional<T> untilEither(Attempt<T> attempt)
            throws NoPrimaryException, SessionException, InterruptedException {
        while (true) {
            ClusterView view = cluster.view();
            if (otherWay.test(view)) {
                return Optional.empty();
            }
            try {
                Optional<T> opened = attempt.at(view);
                if (opened.isPresent()) {
                    return opened;
                }
            } catch (LoginException e) {
                failed(e);
            }
            if (!awaitsNews(view)) {
                throw new NoPrimaryException(last);
            }
        }
    }

    private void failed(LoginException e) throws SessionException {
        if (!passes(e.error().sqlState())) {
            throw SessionException.quoting(e.getMessage(), e.message());
        }
        last = Optional.of(e);
    }

    /** Whether a failure may be that of a failover, or is temporary otherwise. */
    private boolean passes(String sqlState) {
        return sqlState.equals(SqlState.CONNECTION_FAILURE)
                || SqlState.isServerLeaving(sqlState)
                || (waitsForRoom && sqlState.equals(SqlState.TOO_MANY_CONNECTIONS));
    }

    /** @return false where the time is over */
    private boolean awaitsNews(ClusterView tried) throws InterruptedException {
        long left = deadline - System.nanoTime();
        if (left <= 0 || ended.getAsBoolean()) {
            return false;
        }
        probes.probeNow();
        Duration slice = tried.primary().isPresent() ? AGAIN : REMINDER;
        Optional<Address> before = address(tried);
        cluster.await(
                view -> otherWay.test(view)
                        || (view.primary().isPresent() && !address(view).equals(before)),
                left < slice.toNanos() ? Duration.ofNanos(left) : slice);
        return true;
    }

    private static Optional<Address> address(ClusterView view) {
        return view.primary().map(node -> node.backend().address());
    }
}

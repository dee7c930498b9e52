package pgrouter.session;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.exchange.Relay;
import pgrouter.exchange.ReplayAnswer;
import pgrouter.log.Log;
import pgrouter.protocol.SqlState;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;

/**
 * Lets the standby of a session wait itself until it has replayed what a read must see ({@code WAIT FOR LSN}), where it
 * runs PostgreSQL 19 or newer. The wait is sent in one write with the read, so the read has its answer as soon as the
 * standby can give it, and health is not asked.
 *
 * <p>A cancel request of the client that arrives during the wait ends only the wait: the primary then runs the read.
 * Client thread only.
 */
final class StandbyWaits {
    private static final Log LOG = Log.of("session");

    /** The first major version with {@code WAIT FOR LSN}. */
    private static final int WAITS_SINCE = 19;

    /** The class of errors about conflicts with other transactions, as with replay. */
    private static final String ROLLBACK_CLASS = "40";

    private final Services services;
    private final Servers servers;

    StandbyWaits(Services services, Servers servers) {
        this.services = services;
        this.servers = servers;
    }

    /** Whether the session's own standby can wait. */
    boolean arePossible() throws SessionException, InterruptedException {
        return standby(services.cluster().view()).isPresent();
    }

    /**
     * Returns the wait of the present read.
     *
     * @param late the route of the read without it
     * @param begun {@link System#nanoTime()} when the read began to wait
     * @param limit how long it may wait in all, in nanoseconds
     * @return empty where the standby cannot wait, the position is not known, or the rest of the time is too short
     */
    Optional<StandbyWait> of(Route.Reason late, ReadPosition needed, long begun, long limit)
            throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        Optional<Relay> standby = standby(view);
        Optional<Lsn> position = servers.ownStandby(view).flatMap(needed::missingAt);
        long now = System.nanoTime();
        long milliseconds = StandbyWait.milliseconds(begun + limit - now);
        return standby.isPresent() && position.isPresent() && milliseconds > 0
                ? Optional.of(new StandbyWait(standby.get(), position.get(), late, begun, limit, now, milliseconds))
                : Optional.empty();
    }

    private Optional<Relay> standby(ClusterView view) throws SessionException, InterruptedException {
        return servers.ownStandby(view).isPresent() ? servers.presentReader().filter(this::waits) : Optional.empty();
    }

    private boolean waits(Relay standby) {
        return standby.connection().majorVersion() >= WAITS_SINCE
                && times(standby).mayWait(standby.connection().version());
    }

    private ReplayTimes times(Relay standby) {
        return services.replayTimes().at(standby.address());
    }

    /**
     * Notes how a wait has ended.
     *
     * @return how long the read has waited, in nanoseconds
     */
    long ended(StandbyWait wait, ReplayAnswer answer) {
        boolean reached = answer.isReached();
        boolean answered = reached || answer.isLate();
        long waited = (answered ? answer.endedAt() : System.nanoTime()) - wait.begun();
        services.metrics().readWaits(reached).count(waited);
        if (reached) {
            publish(wait);
        }
        if (answer.isRefusal()) {
            refused(wait.standby(), answer.sqlState());
        } else if (answered && services.rules().readWait().adapts()) {
            times(wait.standby()).ended(wait.limit(), reached);
        }
        return waited;
    }

    /** Later reads need not ask again. */
    private void publish(StandbyWait wait) {
        Optional<Lsn> position = Optional.of(wait.position());
        services.cluster().change(view -> {
            Optional<Node> node = view.node(wait.standby().address());
            boolean isKnown = node.flatMap(Node::position)
                    .filter(known -> known.compareTo(wait.position()) >= 0)
                    .isPresent();
            return isKnown
                    ? view
                    : view.at(
                            wait.standby().address(),
                            Role.STANDBY,
                            new Node.Place(position, position, 0, wait.askedAt()));
        });
    }

    /** A server that does not know the command is not asked again. Other errors are about the session, or about this moment. */
    private void refused(Relay standby, String sqlState) {
        String version = standby.connection().version();
        if (!isOfThisMoment(sqlState) && times(standby).mayWait(version)) {
            times(standby).refusesToWait(version);
            LOG.info("standby " + standby.address() + " does not wait for a position (SQLSTATE " + sqlState
                    + "): pgrouter asks it for its position instead");
        }
    }

    private static boolean isOfThisMoment(String sqlState) {
        return sqlState.equals(SqlState.QUERY_CANCELED)
                || sqlState.equals(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE)
                || sqlState.startsWith(ROLLBACK_CLASS);
    }
}

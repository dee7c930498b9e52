package pgrouter.session;

import java.util.function.Predicate;
import pgrouter.backend.Connector;
import pgrouter.client.Access;
import pgrouter.client.FailedLogins;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Probes;
import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.metrics.Metrics;
import pgrouter.pool.PrimaryWait;
import pgrouter.pool.ServerLogin;
import pgrouter.pool.ServerOpener;
import pgrouter.pool.ServerPool;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LastWrite;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.Router;
import pgrouter.routing.TransactionShapes;

/** The objects that all sessions share. Any thread. */
public record Services(
        Settings settings,
        Cluster cluster,
        Probes probes,
        Uptime uptime,
        Writes writes,
        LastWrite lastWrite,
        ReplayTimes.OfNodes replayTimes,
        Router router,
        LearnedRefusals learned,
        TransactionShapes shapes,
        Catalogs catalogs,
        Connector connector,
        Metrics metrics,
        CancelRegistry cancels,
        Sessions sessions,
        FailedLogins failedLogins,
        OpenServers openServers,
        ServerPool serverPool,
        Console console) {
    Rules rules() {
        return settings.rules();
    }

    Access access() {
        return settings.access();
    }

    ServerOpener opener(ServerLogin login) {
        return new ServerOpener(connector, serverPool, cluster, login);
    }

    /** The wait of a client that is not logged in yet. It ends when pgrouter ends. */
    PrimaryWait waitAtLogin() {
        return PrimaryWait.atLogin(cluster, probes, rules().limits().failover(), sessions::isEnding);
    }

    PrimaryWait waitInSession() {
        return PrimaryWait.inSession(cluster, probes, rules().limits().failover());
    }

    /** @param otherWay whether the session can go on without a primary */
    PrimaryWait waitInSession(Predicate<ClusterView> otherWay) {
        return PrimaryWait.inSession(cluster, probes, rules().limits().failover(), otherWay);
    }
}

package pgrouter.session;

import pgrouter.backend.Connector;
import pgrouter.pool.ServerPool;
import pgrouter.client.Access;
import pgrouter.client.FailedLogins;
import pgrouter.cluster.Clock;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.metrics.Metrics;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.Router;

/** What all sessions share. Everything in it is safe for use by many threads. */
public record Services(
        Settings settings,
        Cluster cluster,
        Clock clock,
        Uptime uptime,
        Writes writes,
        Router router,
        LearnedRefusals learned,
        Catalogs catalogs,
        Connector connector,
        Metrics metrics,
        CancelRegistry cancels,
        Sessions sessions,
        FailedLogins failedLogins,
        OpenPipes openPipes,
        ServerPool warmPipes,
        Console console) {
    Rules rules() {
        return settings.rules();
    }

    Access access() {
        return settings.access();
    }
}

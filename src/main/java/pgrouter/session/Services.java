package pgrouter.session;

import pgrouter.auth.AuthDb;
import pgrouter.backend.Connector;
import pgrouter.cluster.Clock;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Writes;
import pgrouter.metrics.Metrics;
import pgrouter.routing.Catalogs;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.Router;

/** What all sessions share. Everything in it is safe for use by many threads. */
public record Services(
        AuthDb authDb,
        Cluster cluster,
        Clock clock,
        Writes writes,
        Router router,
        Rules rules,
        LearnedRefusals learned,
        Catalogs catalogs,
        Connector connector,
        Metrics metrics,
        CancelRegistry cancels) {}

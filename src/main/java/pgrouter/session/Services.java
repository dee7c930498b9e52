package pgrouter.session;

import pgrouter.auth.AuthDb;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.metrics.Metrics;
import pgrouter.routing.Router;

/** What all sessions share. Everything in it is safe for use by many threads. */
public record Services(
        AuthDb authDb, Cluster cluster, Router router, Connector connector, Metrics metrics, CancelRegistry cancels) {}

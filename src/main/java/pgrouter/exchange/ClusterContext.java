package pgrouter.exchange;

import pgrouter.backend.ServerConnection;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.pool.ServerPool;

/**
 * The parts of pgrouter that the server connections of all sessions notify, or ask.
 *
 * @param cluster the known state of the nodes
 * @param writes notified of each write
 * @param alarm run where the primary seems to be lost
 * @param uptime asks a node that has ended a session whether it is shutting down
 * @param pool the connections that are kept for other sessions
 */
public record ClusterContext(Cluster cluster, Writes writes, Runnable alarm, Uptime uptime, ServerPool pool) {
    /** A server has committed a change, or may have. It was asked under settings that may have changed since. */
    void committed(ServerConnection server, boolean asynchronous) {
        boolean early = asynchronous
                || cluster.view().mayAcknowledgeEarly(server.backend().address(), server.begunAt(), server.openedAt());
        writes.happened(!early);
    }
}

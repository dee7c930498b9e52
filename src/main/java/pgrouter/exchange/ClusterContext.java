package pgrouter.exchange;

import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.pool.ServerPool;

/**
 * The parts of pgrouter that the server connections of all sessions notify, or ask.
 *
 * @param writes notified of each write
 * @param alarm run where the primary seems to be lost
 * @param uptime asks a node that has ended a session whether it is shutting down
 * @param pool the connections that are kept for other sessions
 */
public record ClusterContext(Writes writes, Runnable alarm, Uptime uptime, ServerPool pool) {}

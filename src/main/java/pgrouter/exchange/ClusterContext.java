package pgrouter.exchange;

import pgrouter.cluster.Uptime;
import pgrouter.cluster.Writes;
import pgrouter.pool.ServerPool;

/**
 * The parts of pgrouter that the server connections of all sessions tell, or ask.
 *
 * @param writes told of each write
 * @param alarm run where a primary seems to be none any more
 * @param uptime asks a node that has ended a session whether it goes away itself
 * @param pool the connections that are kept for other sessions
 */
public record ClusterContext(Writes writes, Runnable alarm, Uptime uptime, ServerPool pool) {}

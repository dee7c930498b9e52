/**
 * Sockets with blocking reads and writes. {@link pgrouter.net.Wire} is one connection, {@link pgrouter.net.Inbox} the
 * bytes that arrived on it. {@link pgrouter.net.Listener} accepts connections, and {@link pgrouter.net.Dialer} makes
 * them.
 *
 * <p>All of it is called on virtual threads: a read or write that must wait parks its thread only. Interrupting a
 * thread that waits here closes its connection, so that cancelling a task needs no flag.
 */
package pgrouter.net;

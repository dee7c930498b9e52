/**
 * The state of a session on its servers.
 *
 * <pre>
 * a request may have changed it ─▶ StaleState ─ StateQuestion ─▶ server ─ StateAnswer ─▶ SessionState: wanted
 * SessionState: wanted ┐
 *                      ├─ StateDiff ─▶ queries that bring the process up to date
 * ServerState: had     ┘
 * </pre>
 *
 * <p>State that no other server process can be given is a {@link Pin}.
 */
package pgrouter.state;

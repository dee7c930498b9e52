/**
 * The life of one client, top to bottom: negotiate, authenticate, open the pipes, serve, close.
 *
 * <pre>
 *              client thread
 *
 * client ─▶ RequestReader ─▶ Router ─▶ Relay ─▶ server ─▶ ReplyReader ─▶ hold back, judge ─▶ client
 *                             ▲                                          │
 *                             └───────────── outcome ────────────────────┘
 * </pre>
 *
 * <p>A request that a standby is asked stays in the client's inbox, and its reply in the pipe's, until the verdict: so a refused request
 * is sent again to the writer from where it lies.
 *
 * <p>The client thread reads the client's inbox and decides; of an {@link pgrouter.exchange exchange} it sees the relay only. What the
 * client believes to be prepared is in a concurrent map.
 */
package pgrouter.session;

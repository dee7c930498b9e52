/**
 * The life of one client, top to bottom: negotiate, authenticate, open the server connections, serve, close. {@link
 * pgrouter.session.Session} tells it; a {@link pgrouter.session.RoutedSession} serves the client of a database.
 *
 * <pre>
 *              client thread
 *
 * client ─▶ RequestReader ─▶ RequestRouter ─▶ ReaderAttempts ─▶ Relay of a standby
 *             RequestLoop         │                 │ ReadResult, Redirect
 *          RequestExecution       │                 │
 *                ▲                ▼                 ▼
 *                └── Reply ── RequestRun ─────▶ Relay of the primary
 * </pre>
 *
 * <p>{@link pgrouter.session.RequestLoop} reads a request. {@link pgrouter.session.RequestExecution} has it routed, runs it, and settles
 * its reply: it alone changes the {@link pgrouter.session.Transaction} that the client is in. {@link pgrouter.session.TransactionMove} moves that to the writer, and {@link
 * pgrouter.session.ServerLoss} decides what becomes of a request whose server is lost.
 *
 * <p>A request that a standby is asked stays in the client's inbox, and its reply in the server's, until it is clear whether the standby
 * refuses: so a refused request is sent again to the writer from where it lies.
 */
package pgrouter.session;

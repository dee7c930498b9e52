/**
 * The life of one client, top to bottom: negotiate, authenticate, open the pipes, serve, close.
 *
 * <pre>
 *              client thread
 *
 * client ─▶ RequestReader ─▶ Router ─▶ PipeRelay.send ─▶ backend ─▶ ReplyRelay ─▶ hold back, judge ─▶ client
 *                             ▲                                          │
 *                             └───────────── outcome ────────────────────┘
 * </pre>
 *
 * <p>Of client and backend always one has the turn, and the {@link pgrouter.session.Ledger} knows which: after Query, Sync,
 * FunctionCall or Flush the backend has it, and the client thread waits; when all of that is answered, or the backend wants
 * CopyData, the client has it. A request that a standby is asked stays in the client's inbox, and its reply in the pipe's, until
 * the verdict: so a refused request is sent again to the writer from where it lies.
 *
 * <p>Threads and locks. The client thread reads the client's inbox and writes to the pipes; while it awaits an answer it reads that
 * pipe's inbox and writes to the client. What comes on a pipe and is not awaited is read by a thread of the pipe's own, which lasts as
 * long as there is such a thing. What both of them see of one pipe (ledger, known statements, outcome) is guarded by the relay's
 * lock, which is never held over I/O. What the client believes to be prepared is in a concurrent map.
 */
package pgrouter.session;

/**
 * One request and its reply on one server connection: what was sent, what is awaited, what becomes of each message of the reply, and how it
 * ended.
 *
 * <p>Of client and backend always one has the turn, and the {@link pgrouter.exchange.Ledger} knows which: after Query, Sync,
 * FunctionCall or Flush the backend has it, and the client thread waits; when all of that is answered, or the backend wants
 * CopyData, the client has it.
 *
 * <p>Threads and locks. The client thread writes to the pipes; while it awaits an answer it reads that pipe's inbox and writes to the client.
 * What comes on a pipe and is not awaited is read by a thread of the pipe's own, which lasts as long as there is such a thing. What both of
 * them see of one pipe (ledger, known statements, outcome) is guarded by the relay's lock, which is never held over I/O.
 */
package pgrouter.exchange;

/**
 * One request and its reply on one server connection: the messages that were sent and are awaited, the delivery of
 * each message of the reply, and its end. The session sees {@link pgrouter.exchange.Relay}, its
 * {@link pgrouter.exchange.OwnRequests} and the values {@link pgrouter.exchange.Reply},
 * {@link pgrouter.exchange.Effects} and {@link pgrouter.exchange.Turn}.
 *
 * <p>Either the client or the server has the turn, and the {@link pgrouter.exchange.PendingReplies} knows which:
 * after Query, Sync, FunctionCall or Flush the server has it, and the client thread waits. When all of that is
 * answered, or the server wants CopyData, the client has it.
 *
 * <p>The client thread writes to the server. While it waits for a reply it reads the connection's inbox and writes to
 * the client. A thread of the connection's own reads all other input ({@link pgrouter.exchange.ReadHandoff}). The
 * state of one connection that both threads share is in its {@link pgrouter.exchange.Exchange}, whose lock is never
 * held over I/O.
 */
package pgrouter.exchange;

/**
 * Where a request goes: pure decisions, without sockets, clock or threads.
 *
 * <pre>
 * SQL text ─ SqlScanner ─▶ Traits ┐              (and StateTraits: what the session has to follow)
 * session facts ──────────────────┼─ Router ─▶ Route (writer, with the reason | reader)
 *                                 ┘
 * reader's error ─ Refusal ─▶ redirect | ask the writer | the client's answer
 * cluster view ─ ReaderChoice ─▶ the node of the session's reader
 * </pre>
 *
 * <p>PostgreSQL decides: a standby refuses what it cannot do. The text is looked at only to save that round trip, or
 * where a standby would do something else without refusing. Nothing here proves that a statement is a read.
 */
package pgrouter.routing;

/**
 * The frontend/backend protocol of PostgreSQL, versions 3.0 and 3.2: what the messages are and how they are written, without any
 * I/O. Only the messages that pgrouter understands are decoded; all others are passed on as bytes.
 *
 * <pre>
 * startup     client ── SSLRequest | GSSENCRequest ─▶            ◀─ one byte, N ──
 *             client ── StartupMessage ─────────────▶            ◀─ NegotiateProtocolVersion? Authentication… ──
 *             client ── password or SASL answer ────▶            ◀─ AuthenticationOk ParameterStatus… BackendKeyData ReadyForQuery ──
 *
 * simple      client ── Query ──────────────────────▶            ◀─ (RowDescription DataRow… CommandComplete)… ReadyForQuery ──
 *
 * extended    client ── Parse Bind Describe Execute… Sync ─▶     ◀─ ParseComplete BindComplete … CommandComplete ReadyForQuery ──
 *                       (Flush instead of Sync: the same replies, no ReadyForQuery yet)
 *
 * copy in     client ── Query ──────────────────────▶            ◀─ CopyInResponse ──
 *             client ── CopyData… CopyDone | CopyFail ─▶         ◀─ CommandComplete ReadyForQuery ──
 *
 * cancel      a second connection ── CancelRequest ─▶            ◀─ closed without a word ──
 * </pre>
 *
 * <p>See "Frontend/Backend Protocol" in PostgreSQL's manual: message flow (protocol-flow.html) and message formats
 * (protocol-message-formats.html).
 */
package pgrouter.protocol;

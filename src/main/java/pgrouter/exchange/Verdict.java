package pgrouter.exchange;

/** How the server's turn ends, before the messages of the reply are with the client. */
enum Verdict {
    /** It has not ended. */
    PENDING,
    /** All is answered. */
    COMPLETE,
    /** The client has the turn. */
    PARTIAL,
    /** The standby has refused, or the request was withdrawn. */
    REFUSED
}

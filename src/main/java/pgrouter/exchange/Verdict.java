package pgrouter.exchange;

/** The end of the server's turn, before the client has the messages of the reply. */
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

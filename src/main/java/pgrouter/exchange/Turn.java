package pgrouter.exchange;

/** The side that goes on with the present request. */
public enum Turn {
    /** The server has something to answer. */
    SERVER,
    /** All that was sent is answered: the client may send more. */
    CLIENT,
    /** The server reads COPY data, and with it all that looks like a Sync. */
    CLIENT_COPIES,
    /** An error was answered: the server drops all up to a Sync. */
    CLIENT_SKIPS,
    /** The request is answered, refused or lost. */
    SETTLED;

    /** Whether the client is to send the next message. */
    public boolean isClients() {
        return this == CLIENT || this == CLIENT_COPIES || this == CLIENT_SKIPS;
    }
}

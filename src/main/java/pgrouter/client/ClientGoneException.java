package pgrouter.client;

/**
 * The client cannot be written to. This is no {@link java.io.IOException}: a thread that forwards the messages of a
 * server must not take the end of its client for the end of the server.
 */
public final class ClientGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client is gone", cause);
    }
}

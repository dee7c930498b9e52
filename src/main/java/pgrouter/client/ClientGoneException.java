package pgrouter.client;

/**
 * The client cannot be written to. No {@link java.io.IOException}: a thread that passes on what a server says must not take the end
 * of its client for the end of the server.
 */
public final class ClientGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client is gone", cause);
    }
}

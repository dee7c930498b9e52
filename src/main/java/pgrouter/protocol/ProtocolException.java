package pgrouter.protocol;

/** A peer sent what the protocol does not allow; the text says what it was, without any data of the message. SQLSTATE 08P01. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }
}

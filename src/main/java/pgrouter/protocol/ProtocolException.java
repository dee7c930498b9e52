package pgrouter.protocol;

import java.io.IOException;

/** A peer has sent a message that the protocol does not allow. The text names the message, without any of its data. SQLSTATE 08P01. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }
}

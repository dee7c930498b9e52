package pgrouter.auth;

/** A SCRAM exchange has failed. The text says why, without a secret and without anything that the other end sent. */
public final class ScramException extends Exception {
    /** The cause of the failure. */
    public enum Reason {
        /** The other end broke the protocol. */
        MALFORMED,
        /** The other end asks for an option of RFC 5802 that pgrouter does not have. */
        UNSUPPORTED,
        /** The channel is not the one that the client sees, or somebody hides from the client that it could be bound. */
        BINDING,
        /** The server keeps a verifier other than the one of these keys. */
        OTHER_VERIFIER,
        /** The client's proof is wrong, or the user is unknown. */
        WRONG_PASSWORD,
        /** The server does not know the password: it is not the server that it claims to be. */
        WRONG_SERVER
    }

    private final Reason reason;

    ScramException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static ScramException malformed(String message) {
        return new ScramException(Reason.MALFORMED, message);
    }

    static ScramException unsupported(String message) {
        return new ScramException(Reason.UNSUPPORTED, message);
    }

    /** The cause, on which a caller decides. */
    public Reason reason() {
        return reason;
    }
}

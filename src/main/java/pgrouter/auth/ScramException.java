package pgrouter.auth;

/** A SCRAM exchange has failed. The text says why, without a secret and without anything that the other end sent. */
public final class ScramException extends Exception {
    /** What the exchange failed of. */
    public enum Reason {
        /** The other end broke the protocol. */
        MALFORMED,
        /** The other end asks for what RFC 5802 leaves open and pgrouter lacks. */
        UNSUPPORTED,
        /** The channel is not the one that the client sees, or somebody keeps from the client that it could be bound. */
        BINDING,
        /** The server keeps another verifier than the one whose keys are here. */
        OTHER_VERIFIER,
        /** The client's proof is wrong, or the user is unknown. */
        WRONG_PASSWORD,
        /** The server does not know the password either: it is not the one that it claims to be. */
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

    /** What a caller decides on. */
    public Reason reason() {
        return reason;
    }
}

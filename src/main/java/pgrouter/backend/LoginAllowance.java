package pgrouter.backend;

import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ProtocolException;

/**
 * The limits of the messages of a node during one login. PostgreSQL stays far below all of them. A login that exceeds
 * one fails, and the exception names the limit. One use, one thread.
 */
final class LoginAllowance {
    /** The largest message, in bytes; {@code MAX_ERRLEN} of fe-connect.c. */
    static final int MESSAGE = 30_000;

    /** All messages of one login, in bytes. */
    static final int ALL = 256 * 1024;

    /** A SCRAM exchange has four. */
    static final int AUTHENTICATION = 5;

    /** PostgreSQL 18 reports 15; extensions may add theirs. */
    static final int PARAMETERS = 200;

    /** A login trigger may raise some. */
    static final int NOTICES = 100;

    /** {@code MAX_CANCEL_REQUEST_PACKET_LENGTH} allows no larger secret, in bytes. */
    static final int SECRET = 256;

    private int left = ALL;
    private int authentication = AUTHENTICATION;
    private int parameters = PARAMETERS;
    private int notices = NOTICES;
    private int keys = 1;
    private int negotiations = 1;

    /** @param length of a message that begins, by its length field */
    void take(byte tag, int length) throws ProtocolException {
        if (length < 4) {
            throw new ProtocolException("a message of " + length + " bytes");
        }
        if (length > MESSAGE) {
            throw new ProtocolException("a message of " + length + " bytes, more than " + MESSAGE);
        }
        left -= length;
        if (left < 0) {
            throw new ProtocolException("more than " + ALL + " bytes");
        }
        count(tag);
    }

    private void count(byte tag) throws ProtocolException {
        switch (tag) {
            case BackendTag.AUTHENTICATION -> check(--authentication, AUTHENTICATION, "authentication requests");
            case BackendTag.PARAMETER_STATUS -> check(--parameters, PARAMETERS, "parameters");
            case BackendTag.NOTICE_RESPONSE -> check(--notices, NOTICES, "notices");
            case BackendTag.BACKEND_KEY_DATA -> check(--keys, 1, "cancel key");
            case BackendTag.NEGOTIATE_PROTOCOL_VERSION -> check(--negotiations, 1, "negotiation of the protocol");
            default -> {}
        }
    }

    private static void check(int left, int most, String what) throws ProtocolException {
        if (left < 0) {
            throw new ProtocolException("more than " + most + " " + what);
        }
    }

    /** Checks the length of a secret that came. */
    static void secret(int length) throws ProtocolException {
        if (length < 4 || length > SECRET) {
            throw new ProtocolException("a cancel key of " + length + " bytes, not 4 to " + SECRET);
        }
    }
}

package pgrouter.auth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The verifier by which a server checks a password in SCRAM-SHA-256 (RFC 5802 section 3). Immutable: arrays are
 * copied on their way in and out.
 *
 * @param iterations of PBKDF2, 1 to 1,000,000
 * @param salt at least one byte
 * @param storedKey 32 bytes
 * @param serverKey 32 bytes; with it one can impersonate the server
 */
public record ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    /** {@code SCRAM_SHA_256_DEFAULT_ITERATIONS} of scram-common.h. */
    static final int DEFAULT_ITERATIONS = 4096;

    /** {@code SCRAM_DEFAULT_SALT_LEN} of scram-common.h, in bytes. */
    static final int DEFAULT_SALT_LENGTH = 16;

    /** Half a second of one processor: the limit of the cost that a hostile server can cause. */
    static final int MAXIMUM_ITERATIONS = 1_000_000;

    /** {@code parse_scram_secret} of auth-scram.c. */
    private static final Pattern FORM = Pattern.compile("SCRAM-SHA-256\\$([^:$]*):([^:$]*)\\$([^:$]*):([^:$]*)");

    /** Throws IllegalArgumentException, whose text says what was expected, where a component is out of its range. */
    public ScramVerifier {
        require(
                iterations >= 1 && iterations <= MAXIMUM_ITERATIONS,
                "an iteration count from 1 to " + MAXIMUM_ITERATIONS);
        require(salt.length > 0, "a salt that is not empty");
        require(storedKey.length == Sha256.LENGTH, "a stored key of 32 bytes");
        require(serverKey.length == Sha256.LENGTH, "a server key of 32 bytes");
        salt = salt.clone();
        storedKey = storedKey.clone();
        serverKey = serverKey.clone();
    }

    /**
     * Reads the form of {@code pg_authid.rolpassword}: {@code SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY}, the
     * last three in base64. Throws IllegalArgumentException; its text says what was expected and shows nothing of
     * {@code text}.
     */
    public static ScramVerifier parse(String text) {
        Matcher parts = FORM.matcher(text);
        require(parts.matches(), "SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY");
        return new ScramVerifier(
                iterations(parts.group(1)).orElse(0),
                base64(parts.group(2), "a salt"),
                base64(parts.group(3), "a stored key"),
                base64(parts.group(4), "a server key"));
    }

    /** A new verifier of a password, as PostgreSQL makes one: 4096 iterations, a random salt of 16 bytes. Takes about a millisecond. */
    public static ScramVerifier of(String password) {
        byte[] salt = new byte[DEFAULT_SALT_LENGTH];
        new SecureRandom().nextBytes(salt);
        return of(password, salt, DEFAULT_ITERATIONS);
    }

    /** The verifier of a password. Takes {@code iterations} of HMAC: about a millisecond for 4096. */
    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        try (ScramKeys keys = new ScramKeys(password, salt, iterations)) {
            return new ScramVerifier(iterations, salt, keys.storedKey(), keys.serverKey());
        }
    }

    /** The form that {@link #parse} reads. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(storedKey) + ":" + base64.encodeToString(serverKey);
    }

    /** Whether it is the verifier of this password. The check takes as many iterations. */
    boolean isOf(String password) {
        return MessageDigest.isEqual(of(password, salt, iterations).storedKey, storedKey);
    }

    /** Whether a server that asks with this salt and count may keep the same verifier. */
    boolean isOf(byte[] otherSalt, int otherIterations) {
        return iterations == otherIterations && Arrays.equals(salt, otherSalt);
    }

    /** An iteration count within the limits, in ASCII digits; empty for anything else. */
    static OptionalInt iterations(String digits) {
        if (!digits.matches("[0-9]{1,7}")) {
            return OptionalInt.empty();
        }
        int count = Integer.parseInt(digits);
        return count >= 1 && count <= MAXIMUM_ITERATIONS ? OptionalInt.of(count) : OptionalInt.empty();
    }

    private static byte[] base64(String text, String what) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " in base64", e);
        }
    }

    private static void require(boolean condition, String expected) {
        if (!condition) {
            throw new IllegalArgumentException(expected);
        }
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public byte[] storedKey() {
        return storedKey.clone();
    }

    @Override
    public byte[] serverKey() {
        return serverKey.clone();
    }

    @Override
    public String toString() {
        return "ScramVerifier[hidden]";
    }
}

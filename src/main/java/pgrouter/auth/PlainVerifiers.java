package pgrouter.auth;

import java.util.Base64;

/**
 * Verifiers of the passwords that the authdb has in plain. Each is derived once, since PBKDF2 is made to be slow. The
 * salt of a user stays the same. Any thread but a carrier's.
 *
 * <p>Made-up users are kept here too, in the same number of places. If they were derived each time, or the real ones
 * were never forgotten, the time of an answer would tell which users exist.
 */
final class PlainVerifiers {
    private final KeyedHash hash;
    private final DerivedOnce<ScramVerifier> derived;

    PlainVerifiers(KeyedHash hash, int capacity) {
        this.hash = hash;
        this.derived = new DerivedOnce<>(capacity);
    }

    /** Takes about a millisecond where the verifier is not here yet. */
    ScramVerifier of(String user, String password) {
        return derived.of(key(user, password), () -> derive(user, password));
    }

    private ScramVerifier derive(String user, String password) {
        byte[] salt = hash.bytes(ScramVerifier.DEFAULT_SALT_LENGTH, "salt", user);
        return ScramVerifier.of(password, salt, ScramVerifier.DEFAULT_ITERATIONS);
    }

    /** A hash: the map must not hold a password. */
    private String key(String user, String password) {
        return Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "place", user + "\0" + password));
    }

    int size() {
        return derived.size();
    }
}

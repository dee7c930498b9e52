package pgrouter.auth;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Verifiers of the passwords that the authdb has in plain, each derived once: PBKDF2 is made to be slow. The salt of a user stays
 * the same. Any thread; {@code lock} guards the map and is not held while a verifier is derived.
 *
 * <p>Made-up users are kept here too, in the same number of places: were they derived each time, or the real ones never
 * forgotten, the time of an answer would tell who exists.
 */
final class PlainVerifiers {
    private final KeyedHash hash;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, ScramVerifier> derived = new LinkedHashMap<>(16, 0.75f, true);

    PlainVerifiers(KeyedHash hash, int capacity) {
        this.hash = hash;
        this.capacity = capacity;
    }

    /** Takes about a millisecond where the verifier is not here yet. */
    ScramVerifier of(String user, String password) {
        String key = key(user, password);
        return find(key).orElseGet(() -> derive(key, user, password));
    }

    private ScramVerifier derive(String key, String user, String password) {
        byte[] salt = hash.bytes(ScramVerifier.DEFAULT_SALT_LENGTH, "salt", user);
        ScramVerifier verifier = ScramVerifier.of(password, salt, ScramVerifier.DEFAULT_ITERATIONS);
        keep(key, verifier);
        return verifier;
    }

    /** A hash: the map must not hold a password. */
    private String key(String user, String password) {
        return Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "place", user + "\0" + password));
    }

    private Optional<ScramVerifier> find(String key) {
        lock.lock();
        try {
            return Optional.ofNullable(derived.get(key));
        } finally {
            lock.unlock();
        }
    }

    private void keep(String key, ScramVerifier verifier) {
        lock.lock();
        try {
            derived.put(key, verifier);
            if (derived.size() > capacity) {
                derived.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return derived.size();
        } finally {
            lock.unlock();
        }
    }
}

package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The salted passwords by which pgrouter logs in to backends, each derived once: PBKDF2 is made to be slow, and a role's salt stays
 * the same until its password is changed. No password is kept, but what opens the same backends is. Any thread; {@code lock} guards
 * the map and is not held while one is derived.
 */
final class SaltedPasswords {
    static final SaltedPasswords OF_THIS_PROCESS = new SaltedPasswords(KeyedHash.OF_THIS_PROCESS, 1000);

    private final KeyedHash hash;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, byte[]> derived = new LinkedHashMap<>(16, 0.75f, true);

    SaltedPasswords(KeyedHash hash, int capacity) {
        this.hash = hash;
        this.capacity = capacity;
    }

    /** SaltedPassword of RFC 5802 section 3, for the caller to keep; as many iterations where it is not here yet. */
    byte[] of(String password, byte[] salt, int iterations) {
        String key = key(password, salt, iterations);
        byte[] known = find(key);
        if (known.length > 0) {
            return known;
        }
        byte[] prepared = SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8);
        byte[] salted = Sha256.hi(prepared, salt, iterations);
        keep(key, salted);
        return salted.clone();
    }

    private String key(String password, byte[] salt, int iterations) {
        String place = iterations + "\0" + HexFormat.of().formatHex(salt) + "\0" + password;
        return Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "salted", place));
    }

    /** Empty where it is not here. */
    private byte[] find(String key) {
        lock.lock();
        try {
            return derived.getOrDefault(key, new byte[0]).clone();
        } finally {
            lock.unlock();
        }
    }

    private void keep(String key, byte[] salted) {
        lock.lock();
        try {
            derived.put(key, salted);
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

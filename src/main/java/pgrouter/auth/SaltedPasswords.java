package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The salted passwords by which pgrouter logs in to backends, each derived once, however many ask for it at the same time: PBKDF2 is
 * made to be slow, and a role's salt stays the same until its password is changed. No password is kept, but what opens the same
 * backends is. Any thread but a carrier's; {@code lock} guards the map and is not held while one is derived.
 */
final class SaltedPasswords {
    static final SaltedPasswords OF_THIS_PROCESS = new SaltedPasswords(KeyedHash.OF_THIS_PROCESS, 1000, Sha256::hi);

    /** SaltedPassword of RFC 5802 section 3. */
    interface Derivation {
        byte[] of(byte[] prepared, byte[] salt, int iterations);
    }

    private final KeyedHash hash;
    private final int capacity;
    private final Derivation derivation;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, CompletableFuture<byte[]>> derived = new LinkedHashMap<>(16, 0.75f, true);

    SaltedPasswords(KeyedHash hash, int capacity, Derivation derivation) {
        this.hash = hash;
        this.capacity = capacity;
        this.derivation = derivation;
    }

    /** For the caller to keep. Takes as many iterations where it is not here yet, on the thread of the first who asks. */
    byte[] of(String password, byte[] salt, int iterations) {
        byte[] prepared = SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8);
        String key = key(password, salt, iterations);
        CompletableFuture<byte[]> own = new CompletableFuture<>();
        CompletableFuture<byte[]> salted = present(key, own)
                .orElseGet(() -> own.completeAsync(() -> derivation.of(prepared, salt, iterations), Runnable::run));
        try {
            return salted.join().clone();
        } catch (CompletionException e) {
            forget(key, salted);
            throw e;
        }
    }

    private String key(String password, byte[] salt, int iterations) {
        String place = iterations + "\0" + HexFormat.of().formatHex(salt) + "\0" + password;
        return Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "salted", place));
    }

    /** What is here already, or is being derived; else the caller's own is from now on, which it is to derive. */
    private Optional<CompletableFuture<byte[]>> present(String key, CompletableFuture<byte[]> own) {
        lock.lock();
        try {
            Optional<CompletableFuture<byte[]>> present = Optional.ofNullable(derived.putIfAbsent(key, own));
            if (derived.size() > capacity) {
                derived.pollFirstEntry();
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    private void forget(String key, CompletableFuture<byte[]> failed) {
        lock.lock();
        try {
            derived.remove(key, failed);
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

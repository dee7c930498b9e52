package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The salted passwords by which pgrouter logs in to backends. Each is derived once: PBKDF2 is made to be slow, and
 * the salt of a role stays the same until its password is changed. No password is kept, but a salted password opens
 * the same backends. Any thread but a carrier's.
 */
final class SaltedPasswords {
    static final SaltedPasswords OF_THIS_PROCESS = new SaltedPasswords(KeyedHash.OF_THIS_PROCESS, 1000);

    private final KeyedHash hash;
    private final DerivedOnce<byte[]> derived;

    SaltedPasswords(KeyedHash hash, int capacity) {
        this.hash = hash;
        this.derived = new DerivedOnce<>(capacity);
    }

    /** SaltedPassword of RFC 5802 section 3, for the caller to keep. It takes as many iterations where it is not cached yet. */
    byte[] of(String password, byte[] salt, int iterations) {
        return derived.of(key(password, salt, iterations), () -> derive(password, salt, iterations))
                .clone();
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        return Sha256.hi(SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8), salt, iterations);
    }

    private String key(String password, byte[] salt, int iterations) {
        String place = iterations + "\0" + HexFormat.of().formatHex(salt) + "\0" + password;
        return Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "salted", place));
    }

    int size() {
        return derived.size();
    }
}

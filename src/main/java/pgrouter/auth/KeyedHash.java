package pgrouter.auth;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** Bytes that depend on a name only, and look random to everyone without the key. Any thread. */
final class KeyedHash {
    /** The key of the whole process, so that the made-up credential of a user outlives a reload of the authdb. */
    static final KeyedHash OF_THIS_PROCESS = new KeyedHash(new SecureRandom().generateSeed(Sha256.LENGTH));

    private final byte[] key;

    KeyedHash(byte[] key) {
        this.key = key.clone();
    }

    /** @param purpose bytes for one purpose say nothing about those for another */
    byte[] bytes(int count, String purpose, String text) {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        for (int block = 0; bytes.hasRemaining(); block++) {
            byte[] next = Sha256.hmac(key, block + "\0" + purpose + "\0" + text);
            bytes.put(next, 0, Math.min(next.length, bytes.remaining()));
        }
        return bytes.array();
    }

    /** A number from 0 to {@code bound - 1}. A small change of the bound changes few results. */
    int below(int bound, String purpose, String text) {
        long fraction = ByteBuffer.wrap(bytes(Long.BYTES, purpose, text)).getLong();
        return (int) Math.unsignedMultiplyHigh(fraction, bound);
    }
}

package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys that are derived from a password (RFC 5802 section 3). The client key proves the password to the server,
 * the server key proves the server to the client. One use; {@link #close} wipes both.
 */
final class ScramKeys implements AutoCloseable {
    private final byte[] clientKey;
    private final byte[] serverKey;

    /** Takes {@code iterations} of HMAC: about a millisecond for 4096. */
    ScramKeys(String password, byte[] salt, int iterations) {
        this(salted(password, salt, iterations));
    }

    /** @param salted the salted password; wiped */
    ScramKeys(byte[] salted) {
        clientKey = Sha256.hmac(salted, "Client Key");
        serverKey = Sha256.hmac(salted, "Server Key");
        Arrays.fill(salted, (byte) 0);
    }

    private static byte[] salted(String password, byte[] salt, int iterations) {
        byte[] prepared = SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8);
        byte[] salted = Sha256.hi(prepared, salt, iterations);
        Arrays.fill(prepared, (byte) 0);
        return salted;
    }

    /** The keys of a password that is not known here. */
    ScramKeys(Credential.Proven proven) {
        clientKey = proven.clientKey();
        serverKey = proven.verifier().serverKey();
    }

    byte[] storedKey() {
        return Sha256.hash(clientKey);
    }

    /** Wiped by {@link #close}. */
    byte[] serverKey() {
        return serverKey;
    }

    /** ClientProof := ClientKey XOR HMAC(StoredKey, AuthMessage). */
    byte[] proof(String authMessage) {
        byte[] proof = Sha256.hmac(storedKey(), authMessage);
        Sha256.addTo(proof, clientKey);
        return proof;
    }

    @Override
    public void close() {
        Arrays.fill(clientKey, (byte) 0);
        Arrays.fill(serverKey, (byte) 0);
    }
}

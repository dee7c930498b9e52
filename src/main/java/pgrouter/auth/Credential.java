package pgrouter.auth;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/** The credential that opens the backends for a user. Immutable; {@code toString} never shows the secret. */
public sealed interface Credential {
    /**
     * Identifies the credential to code that must not keep it. Equal credentials have the same fingerprint as long as
     * the process lives.
     */
    default String fingerprint() {
        String secret = switch (this) {
            case Unknown unknown -> "unknown";
            case Md5(String hash) -> "md5 " + hash;
            case Plain(String password) -> "plain " + password;
            case Scram(ScramVerifier verifier) -> "scram " + verifier.text();
            case Proven(ScramVerifier verifier, byte[] clientKey) -> "proven " + verifier.text();
        };
        return HexFormat.of()
                .formatHex(KeyedHash.OF_THIS_PROCESS.bytes(Sha256.LENGTH, "fingerprint", secret))
                .intern();
    }

    /** A credential that the authdb has for a user. */
    sealed interface Entry extends Credential {}

    /** No secret is known. Opens only a backend that asks for none. */
    record Unknown() implements Credential {}

    /**
     * The MD5 hash of password and user name, as {@code pg_authid.rolpassword} has it.
     *
     * @param hash 32 lower-case hexadecimal digits; may be given in any case and with the prefix {@code md5}
     */
    record Md5(String hash) implements Entry {
        private static final String PREFIX = "md5";
        private static final int DIGITS = 32;

        /** Throws IllegalArgumentException where {@code hash} is no such hash. */
        public Md5 {
            hash = hash.toLowerCase(Locale.ROOT);
            hash = hash.startsWith(PREFIX) ? hash.substring(PREFIX.length()) : hash;
            if (hash.length() != DIGITS || !hash.chars().allMatch(HexFormat::isHexDigit)) {
                throw new IllegalArgumentException("an MD5 hash of 32 hexadecimal digits");
            }
        }

        @Override
        public String toString() {
            return "Md5[hidden]";
        }
    }

    /** The verifier by which a password is checked by SCRAM, without the password itself. */
    record Scram(ScramVerifier verifier) implements Entry {}

    /**
     * A verifier, and the key that its user has proven to have. The two open every server that keeps the same
     * verifier, and no other.
     *
     * @param clientKey 32 bytes; with it one can impersonate the user
     */
    record Proven(ScramVerifier verifier, byte[] clientKey) implements Credential {
        /** Throws IllegalArgumentException where the verifier was not made of this key. */
        public Proven {
            clientKey = clientKey.clone();
            if (!MessageDigest.isEqual(Sha256.hash(clientKey), verifier.storedKey())) {
                throw new IllegalArgumentException("a client key of the verifier");
            }
        }

        @Override
        public byte[] clientKey() {
            return clientKey.clone();
        }

        @Override
        public String toString() {
            return "Proven[hidden]";
        }
    }

    /** The password itself, which can open any backend. */
    record Plain(String password) implements Entry {
        @Override
        public String toString() {
            return "Plain[hidden]";
        }
    }
}

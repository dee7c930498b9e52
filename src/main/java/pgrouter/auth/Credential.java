package pgrouter.auth;

import java.util.HexFormat;
import java.util.Locale;

/** What the authdb knows of a user's password. Immutable; {@code toString} never shows the secret. */
public sealed interface Credential {
    /**
     * The MD5 hash of password and user name, as {@code pg_authid.rolpassword} has it.
     *
     * @param hash 32 lower-case hexadecimal digits; may be given in any case and with the prefix {@code md5}
     */
    record Md5(String hash) implements Credential {
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

    /** What proves a password by SCRAM, without telling it. */
    record Scram(ScramVerifier verifier) implements Credential {}

    /** The password itself, which can open any backend. */
    record Plain(String password) implements Credential {
        @Override
        public String toString() {
            return "Plain[hidden]";
        }
    }
}

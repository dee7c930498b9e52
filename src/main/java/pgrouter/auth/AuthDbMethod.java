package pgrouter.auth;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The second word of an authdb line, which decides the meaning of the third. */
enum AuthDbMethod {
    MD5("md5", "an MD5 hash") {
        @Override
        Credential.Entry credential(String user, String value) {
            Credential.Md5 md5 = new Credential.Md5(value);
            if (md5.hash().equals(Md5Password.hash(user, ""))) {
                throw new IllegalArgumentException("the hash of a password that is not empty");
            }
            return md5;
        }
    },
    SCRAM_SHA_256("scram-sha-256", "a SCRAM verifier") {
        @Override
        Credential.Entry credential(String user, String value) {
            return new Credential.Scram(ScramVerifier.parse(value));
        }
    },
    PLAIN("plain", "a password") {
        @Override
        Credential.Entry credential(String user, String value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("a password that is not empty");
            }
            return new Credential.Plain(value);
        }
    };

    static final String NAMES = "md5, scram-sha-256 or plain";

    private final String word;
    private final String value;

    AuthDbMethod(String word, String value) {
        this.word = word;
        this.value = value;
    }

    static Optional<AuthDbMethod> of(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return Stream.of(values()).filter(method -> method.word.equals(lower)).findFirst();
    }

    /** The method whose credentials have this form in {@code pg_authid.rolpassword} ({@code get_password_type} of crypt.c). */
    static Optional<AuthDbMethod> ofStored(String password) {
        if (password.startsWith("md5")) {
            return Optional.of(MD5);
        }
        return password.startsWith("SCRAM-SHA-256$") ? Optional.of(SCRAM_SHA_256) : Optional.empty();
    }

    /** The description of the third word, for messages. */
    String value() {
        return value;
    }

    /** Throws IllegalArgumentException, whose text says what was expected. PostgreSQL too takes no empty password. */
    abstract Credential.Entry credential(String user, String value);
}

package pgrouter.hba;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a client proves who it is. */
public enum Method {
    /** Not at all. */
    TRUST("trust"),
    /** It is not let in. */
    REJECT("reject"),
    /** By MD5, or by SCRAM-SHA-256 where what is known of the password allows that. */
    MD5("md5"),
    /** By SCRAM-SHA-256. */
    SCRAM_SHA_256("scram-sha-256"),
    /** By the password itself. */
    PASSWORD("password"),
    /** By its certificate. */
    CERT("cert");

    static final String WORDS = Stream.of(values()).map(method -> method.word).collect(Collectors.joining(", "));

    private static final Set<String> POSTGRESQL_ONLY =
            Set.of("ident", "peer", "gss", "sspi", "pam", "bsd", "ldap", "radius", "oauth");

    private final String word;

    Method(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    static Optional<Method> of(String word) {
        return Stream.of(values()).filter(method -> method.word.equals(word)).findFirst();
    }

    /** Whether what proves it is a password, in whatever way. */
    public boolean isPassword() {
        return this == MD5 || this == SCRAM_SHA_256 || this == PASSWORD;
    }

    /** A password that is sent as it is needs a connection that nobody listens to, and a certificate comes with one. */
    boolean needsTls() {
        return this == PASSWORD || this == CERT;
    }

    /** Whether PostgreSQL has a method of this name, and pgrouter has not. */
    static boolean isPostgresqlOnly(String word) {
        return POSTGRESQL_ONLY.contains(word);
    }
}

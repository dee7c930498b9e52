package pgrouter.hba;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods of authentication of a client. */
public enum Method {
    /** Without any proof. */
    TRUST("trust"),
    /** The client is not let in. */
    REJECT("reject"),
    /** By MD5, or by SCRAM-SHA-256 where the stored credential allows that. */
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

    /** Whether the proof is a password, in any form. */
    public boolean isPassword() {
        return this == MD5 || this == SCRAM_SHA_256 || this == PASSWORD;
    }

    /** Whether the method needs TLS: a password in plain needs a connection without eavesdroppers, and a certificate comes with TLS. */
    boolean needsTls() {
        return this == PASSWORD || this == CERT;
    }

    /** Whether PostgreSQL has a method of this name and pgrouter does not. */
    static boolean isPostgresqlOnly(String word) {
        return POSTGRESQL_ONLY.contains(word);
    }
}

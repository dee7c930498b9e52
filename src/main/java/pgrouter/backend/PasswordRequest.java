package pgrouter.backend;

import java.util.Optional;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendAuth;

/** The methods of authentication that a node may ask for at a login, and whether they are allowed ({@link BackendAuth}). */
enum PasswordRequest {
    /** The node lets every user in, and does not prove that it knows the password. */
    NOTHING("no password"),
    /** The password itself. */
    CLEARTEXT("password"),
    /** A hash with which the password can be guessed, and its MD5 hash found. */
    MD5("md5"),
    /** A proof that tells the node nothing new. */
    SCRAM("scram-sha-256");

    private final String method;

    PasswordRequest(String method) {
        this.method = method;
    }

    /** The name of the method in pg_hba.conf. */
    String method() {
        return method;
    }

    /**
     * The reason why the node must not ask for this; empty where it may.
     *
     * @param credential the credential that would be used
     */
    Optional<String> objection(Backend backend, Credential credential) {
        return switch (this) {
            case NOTHING -> mustProve(backend.auth());
            case CLEARTEXT -> credential instanceof Credential.Plain ? cleartext(backend) : Optional.empty();
            case MD5 -> md5(backend.auth(), credential);
            case SCRAM -> Optional.empty();
        };
    }

    private static Optional<String> mustProve(BackendAuth auth) {
        return auth == BackendAuth.SCRAM_SHA_256
                ? Optional.of("`auth scram-sha-256` of this backend wants it to prove that it knows the password")
                : Optional.empty();
    }

    private static Optional<String> cleartext(Backend backend) {
        boolean hidden = !backend.tls().isOff() || backend.address() instanceof Address.Directory;
        return switch (backend.auth()) {
            case ANY -> Optional.empty();
            case PASSWORD ->
                hidden
                        ? Optional.empty()
                        : Optional.of("the connection is not encrypted: set `tls` of this backend, or `auth any`");
            case MD5 -> weaker("md5", "password");
            case SCRAM_SHA_256, DEFAULT -> weaker("scram-sha-256", "password");
        };
    }

    private static Optional<String> md5(BackendAuth auth, Credential credential) {
        return switch (auth) {
            case ANY, PASSWORD, MD5 -> Optional.empty();
            case SCRAM_SHA_256 -> weaker("scram-sha-256", "md5");
            case DEFAULT -> credential instanceof Credential.Plain ? weaker("scram-sha-256", "md5") : Optional.empty();
        };
    }

    private static Optional<String> weaker(String allowed, String asked) {
        return Optional.of("pgrouter shows it nothing weaker than " + allowed + ": set `auth " + asked
                + "` of this backend where that is meant");
    }
}

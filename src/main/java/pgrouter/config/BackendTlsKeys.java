package pgrouter.config;

import java.util.Optional;

/** The keys of a {@code backend} block that are about TLS. */
final class BackendTlsKeys {
    static final Key<Backend, BackendTls.Mode> MODE = Key.of(
            "tls",
            Values.BACKEND_TLS,
            BackendTls.Mode.OFF,
            backend -> backend.tls().mode());
    static final IdentityKeys<Backend> IDENTITY =
            IdentityKeys.of(backend -> backend.tls().identity());
    static final AuthorityKeys<Backend> AUTHORITY =
            AuthorityKeys.of(backend -> backend.tls().authority());

    private BackendTlsKeys() {}

    /** Reports a certificate without its key, and a key without its certificate. */
    static void check(Given given, Token backend, Problems problems) {
        boolean hasCert = given.find(IDENTITY.cert()).isPresent();
        if (hasCert != given.find(IDENTITY.key()).isPresent()) {
            String missing = hasCert ? "key" : "cert";
            problems.at(backend, "expected `" + missing + " FILE` in `backend` too, found none");
        }
        AUTHORITY.check(given, backend, problems);
    }

    static BackendTls of(Given given) {
        BackendTls.Mode mode = given.get(MODE);
        return switch (mode) {
            case OFF -> BackendTls.OFF;
            case SKIPVERIFY -> new BackendTls(mode, Optional.empty(), IDENTITY.of(given));
            case ON, REQUIRE, DIRECT -> new BackendTls(mode, AUTHORITY.of(given), IDENTITY.of(given));
        };
    }
}

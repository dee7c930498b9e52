package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/** The keys of a {@code backend} block that are about TLS. */
record BackendTlsKeys(
        Setting<BackendTls.Mode> mode,
        AuthorityKeys authority,
        Setting<Path> cert,
        Setting<Path> key,
        Setting<String> passphrase) {
    BackendTlsKeys() {
        this(new Setting<>(), new AuthorityKeys(), new Setting<>(), new Setting<>(), new Setting<>());
    }

    BackendTlsKeys copy() {
        return new BackendTlsKeys(mode.copy(), authority.copy(), cert.copy(), key.copy(), passphrase.copy());
    }

    void in(Section section, Value<Path> file) {
        section.value("tls", Values.BACKEND_TLS, mode::set)
                .value("cert", file, cert::set)
                .value("key", file, key::set)
                .value("passphrase", Values.PASSPHRASE, passphrase::set);
        authority.in(section, file);
    }

    /** A certificate is of no use without its key, and neither is the key. */
    void check(Token backend, Problems problems) {
        if (cert.given().isPresent() != key.given().isPresent()) {
            String missing = cert.given().isPresent() ? "key" : "cert";
            problems.at(backend, "expected `" + missing + " FILE` in `backend` too, found none");
        }
        authority.check(backend, problems);
    }

    BackendTls value() {
        Optional<Identity> identity = cert.given()
                .flatMap(chain -> key.given().map(secret -> new Identity(chain, secret, passphrase.given())));
        return switch (mode.or(BackendTls.Mode.OFF)) {
            case OFF -> BackendTls.OFF;
            case SKIPVERIFY -> new BackendTls(BackendTls.Mode.SKIPVERIFY, Optional.empty(), identity);
            case ON, REQUIRE, DIRECT -> new BackendTls(mode.or(BackendTls.Mode.OFF), authority.value(), identity);
        };
    }
}

package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/** The keys of a {@code backend} block that are about TLS. */
record BackendTlsKeys(
        Setting<BackendTls.Mode> mode,
        Setting<Path> ca,
        Setting<Path> cert,
        Setting<Path> key,
        Setting<String> passphrase) {
    BackendTlsKeys() {
        this(new Setting<>(), new Setting<>(), new Setting<>(), new Setting<>(), new Setting<>());
    }

    BackendTlsKeys copy() {
        return new BackendTlsKeys(mode.copy(), ca.copy(), cert.copy(), key.copy(), passphrase.copy());
    }

    void in(Section section, Value<Path> file) {
        section.value("tls", Values.BACKEND_TLS, mode::set)
                .value("ca", file, ca::set)
                .value("cert", file, cert::set)
                .value("key", file, key::set)
                .value("passphrase", Values.PASSPHRASE, passphrase::set);
    }

    /** A certificate is of no use without its key, and neither is the key. */
    void check(Token backend, Problems problems) {
        if (cert.given().isPresent() != key.given().isPresent()) {
            String missing = cert.given().isPresent() ? "key" : "cert";
            problems.at(backend, "expected `" + missing + " FILE` in `backend` too, found none");
        }
    }

    BackendTls value() {
        Optional<Identity> identity = cert.given()
                .flatMap(chain -> key.given().map(secret -> new Identity(chain, secret, passphrase.given())));
        return switch (mode.or(BackendTls.Mode.OFF)) {
            case OFF -> BackendTls.OFF;
            case SKIPVERIFY -> new BackendTls(BackendTls.Mode.SKIPVERIFY, Optional.empty(), identity);
            case ON, REQUIRE, DIRECT -> new BackendTls(mode.or(BackendTls.Mode.OFF), ca.given(), identity);
        };
    }
}

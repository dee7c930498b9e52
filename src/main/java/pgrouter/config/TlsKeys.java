package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/** The keys of the {@code tls} blocks. */
final class TlsKeys {
    private final Problems problems;
    private final Section section;
    private final Setting<String> ciphers = new Setting<>();
    private final Setting<Path> cert = new Setting<>();
    private final Setting<Path> key = new Setting<>();
    private Optional<Token> name = Optional.empty();

    TlsKeys(Value<Path> file, Problems problems) {
        this.problems = problems;
        this.section = new Section(problems)
                .value("ciphers", Values.CIPHERS, ciphers::set)
                .value("cert", file, cert::set)
                .value("key", file, key::set);
    }

    void read(Directive directive) {
        name = Optional.of(directive.name());
        section.none(directive);
        section.read(directive.inner());
    }

    /** Empty where there is no such block. What all blocks lack is a problem of the last one. */
    Optional<Tls> value() {
        name.ifPresent(token -> {
            require("cert", token);
            require("key", token);
        });
        return cert.given().flatMap(chain -> key.given().map(secret -> new Tls(ciphers.given(), chain, secret)));
    }

    private void require(String missing, Token token) {
        if (!section.met(missing)) {
            problems.at(token, "expected `" + missing + " FILE` in `tls`, found none");
        }
    }
}

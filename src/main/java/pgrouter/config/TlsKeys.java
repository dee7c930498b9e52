package pgrouter.config;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The keys of the {@code tls} blocks. */
final class TlsKeys {
    private final Problems problems;
    private final Section section;
    private final Setting<Path> cert = new Setting<>();
    private final Setting<Path> key = new Setting<>();
    private final Setting<String> passphrase = new Setting<>();
    private final AuthorityKeys authority = new AuthorityKeys();
    private final Setting<Ciphers> ciphers = new Setting<>();
    private final Setting<Set<TlsProtocol>> protocols = new Setting<>();
    private final Setting<Boolean> required = new Setting<>();
    private Optional<Token> name = Optional.empty();

    TlsKeys(Value<Path> file, Problems problems) {
        this.problems = problems;
        this.section = new Section(problems)
                .value("cert", file, cert::set)
                .value("key", file, key::set)
                .value("passphrase", Values.PASSPHRASE, passphrase::set)
                .each("ciphers", Values.CIPHERS, (list, token) -> ciphers.set(problems.placed(list, token)))
                .value("protocols", Values.PROTOCOLS, protocols::set)
                .value("require", Values.ON_OR_OFF, required::set);
        authority.in(section, file);
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
            authority.check(token, problems);
        });
        return cert.given()
                .flatMap(chain -> key.given()
                        .map(secret -> new Tls(
                                new Identity(chain, secret, passphrase.given()),
                                authority.value(),
                                ciphers.given(),
                                protocols.or(EnumSet.allOf(TlsProtocol.class)),
                                required.or(false))));
    }

    private void require(String missing, Token token) {
        if (!section.met(missing)) {
            problems.at(token, "expected `" + missing + " FILE` in `tls`, found none");
        }
    }
}

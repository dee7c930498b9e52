package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/** The keys {@code ca} and {@code crl}. */
record AuthorityKeys(Setting<Path> ca, Setting<Path> crl) {
    AuthorityKeys() {
        this(new Setting<>(), new Setting<>());
    }

    AuthorityKeys copy() {
        return new AuthorityKeys(ca.copy(), crl.copy());
    }

    void in(Section section, Value<Path> file) {
        section.value("ca", file, ca::set).value("crl", file, crl::set);
    }

    /** A list is checked against who has signed it. */
    void check(Token block, Problems problems) {
        if (crl.given().isPresent() && ca.given().isEmpty()) {
            problems.at(block, "expected `ca FILE` in " + block.described() + " too, whose `crl` this is, found none");
        }
    }

    Optional<Authority> value() {
        return ca.given().map(file -> new Authority(file, crl.given()));
    }
}

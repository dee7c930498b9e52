package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The keys {@code ca} and {@code crl} of a block.
 *
 * @param <O> the part of the configuration that the block describes
 */
record AuthorityKeys<O>(Key<O, Path> ca, Key<O, Path> crl) {
    static <O> AuthorityKeys<O> of(Function<O, Optional<Authority>> part) {
        return new AuthorityKeys<>(
                Key.of("ca", Values.FILE, owner -> part.apply(owner).map(Authority::ca)),
                Key.of("crl", Values.FILE, owner -> part.apply(owner).flatMap(Authority::crl)));
    }

    /** Reports a revocation list without the authority that signs it. */
    void check(Given given, Token block, Problems problems) {
        if (given.find(crl).isPresent() && given.find(ca).isEmpty()) {
            problems.at(block, "expected `ca FILE` in " + block.described() + " too, whose `crl` this is, found none");
        }
    }

    Optional<Authority> of(Given given) {
        return given.find(ca).map(file -> new Authority(file, given.find(crl)));
    }
}

package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The keys {@code cert}, {@code key} and {@code passphrase} of a block.
 *
 * @param <O> the part of the configuration that the block describes
 */
record IdentityKeys<O>(Key<O, Path> cert, Key<O, Path> key, Key<O, String> passphrase) {
    static <O> IdentityKeys<O> of(Function<O, Optional<Identity>> part) {
        return new IdentityKeys<>(
                Key.of("cert", Values.FILE, owner -> part.apply(owner).map(Identity::cert)),
                Key.of("key", Values.FILE, owner -> part.apply(owner).map(Identity::key)),
                new Key<>(
                        "passphrase",
                        Form.one(Values.PASSPHRASE),
                        Optional.empty(),
                        (directive, owner) -> Stream.of(
                                Setting.hidden(directive, part.apply(owner).flatMap(Identity::passphrase)))));
    }

    /** Empty without a certificate or without its key. */
    Optional<Identity> of(Given given) {
        return given.find(cert)
                .flatMap(chain -> given.find(key).map(secret -> new Identity(chain, secret, given.find(passphrase))));
    }
}

package pgrouter.config;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The {@code tls} block. */
final class TlsKeys {
    static final IdentityKeys<Tls> IDENTITY = IdentityKeys.of(tls -> Optional.of(tls.identity()));
    static final AuthorityKeys<Tls> AUTHORITY = AuthorityKeys.of(Tls::authority);
    static final Key<Tls, Ciphers> CIPHERS = Key.of("ciphers", Values.CIPHERS, Tls::ciphers);
    static final Key<Tls, Set<TlsProtocol>> PROTOCOLS =
            Key.of("protocols", Values.PROTOCOLS, EnumSet.allOf(TlsProtocol.class), Tls::protocols);
    static final Key<Tls, Boolean> REQUIRE = Key.of("require", Values.ON_OR_OFF, false, Tls::required);

    static final Block<Config.Live, Tls> BLOCK = Block.optional(
            "tls",
            Config.Live::tls,
            Entries.of(
                    IDENTITY.cert(),
                    IDENTITY.key(),
                    IDENTITY.passphrase(),
                    CIPHERS,
                    PROTOCOLS,
                    REQUIRE,
                    AUTHORITY.ca(),
                    AUTHORITY.crl()));

    private TlsKeys() {}

    /** Reports what all {@code tls} blocks lack, at the last one. */
    static void check(Given given, Problems problems) {
        given.met(BLOCK).ifPresent(block -> {
            require(IDENTITY.cert(), given, block, problems);
            require(IDENTITY.key(), given, block, problems);
            AUTHORITY.check(given, block, problems);
        });
    }

    private static void require(Key<Tls, ?> missing, Given given, Token block, Problems problems) {
        if (given.met(missing).isEmpty()) {
            problems.at(block, "expected `" + missing.name() + " FILE` in `tls`, found none");
        }
    }

    /** Empty if there is no such block. */
    static Optional<Tls> of(Given given) {
        return IDENTITY.of(given)
                .map(identity -> new Tls(
                        identity, AUTHORITY.of(given), given.find(CIPHERS), given.get(PROTOCOLS), given.get(REQUIRE)));
    }
}

package pgrouter.config;

import java.util.Optional;
import java.util.Set;

/**
 * The {@code tls} block: TLS towards clients.
 *
 * @param authority signs the certificates of clients; empty if clients are not asked for one
 * @param protocols never empty
 * @param required whether clients without TLS are refused
 */
public record Tls(
        Identity identity,
        Optional<Authority> authority,
        Optional<Ciphers> ciphers,
        Set<TlsProtocol> protocols,
        boolean required) {
    public Tls {
        protocols = Set.copyOf(protocols);
    }
}

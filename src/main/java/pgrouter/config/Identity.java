package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The certificate chain and the private key of one end of a TLS connection, in PEM; both may be the same file. The passphrase is that
 * of an encrypted key, and is never printed.
 */
public record Identity(Path cert, Path key, Optional<String> passphrase) {
    @Override
    public String toString() {
        return "Identity[cert=" + cert + ", key=" + key + "]";
    }
}

package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files by which one end of a TLS connection proves who it is: certificate chain and private key in PEM, which may be the same
 * file. The passphrase is that of an encrypted key, and never printed.
 */
public record Identity(Path cert, Path key, Optional<String> passphrase) {
    @Override
    public String toString() {
        return "Identity[cert=" + cert + ", key=" + key + "]";
    }
}

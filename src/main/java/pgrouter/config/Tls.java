package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/** The {@code tls} block: cipher list in OpenSSL's notation, certificate chain and private key as PEM files. */
public record Tls(Optional<String> ciphers, Path cert, Path key) {}

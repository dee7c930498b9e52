package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who signs the certificates that are believed, in PEM.
 *
 * @param crl the certificates that were taken back: lists of all who sign in a chain, as {@code ssl_crl_file} of PostgreSQL
 */
public record Authority(Path ca, Optional<Path> crl) {}

package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The authority that signs the certificates of the other end, in PEM.
 *
 * @param crl the revoked certificates: a list of each authority of a chain, as {@code ssl_crl_file} of PostgreSQL
 */
public record Authority(Path ca, Optional<Path> crl) {}

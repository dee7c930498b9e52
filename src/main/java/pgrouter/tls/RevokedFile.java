package pgrouter.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import pgrouter.config.ConfigException;
import pgrouter.tls.PemFile.Block;

/** The certificate revocation lists (RFC 5280 section 5) in a PEM file, at least one. */
final class RevokedFile {
    private RevokedFile() {}

    /** Reads the file. Blocks for as long as the disk does. */
    static List<X509CRL> read(Path path) throws ConfigException {
        PemFile pem = PemFile.read(path);
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : pem.blocks()) {
            if (block.label().equals("X509 CRL")) {
                lists.add(list(pem, block));
            }
        }
        if (lists.isEmpty()) {
            throw pem.expected(1, "a list of revoked certificates (X509 CRL) in PEM", "none");
        }
        return lists;
    }

    private static X509CRL list(PemFile pem, Block block) throws ConfigException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509CRL) factory.generateCRL(new ByteArrayInputStream(block.der()));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw pem.expected(block.line(), "a list of revoked certificates", "a block that holds none");
        }
    }
}

package pgrouter.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import pgrouter.config.ConfigException;
import pgrouter.tls.PemFile.Block;

/** The certificates in a PEM file, at least one: the chain of an owner, whose own certificate is the first, or a list of authorities. */
final class CertificateFile {
    private record Placed(X509Certificate certificate, int line) {}

    private final PemFile pem;
    private final List<Placed> found = new ArrayList<>();

    private CertificateFile(PemFile pem) {
        this.pem = pem;
    }

    /** Reads the file. Blocks for as long as the disk does. */
    static CertificateFile read(Path path) throws ConfigException {
        CertificateFile file = new CertificateFile(PemFile.read(path));
        for (Block block : file.pem.blocks()) {
            if (block.isCertificate()) {
                file.found.add(new Placed(file.certificate(block), block.line()));
            }
        }
        if (file.found.isEmpty()) {
            throw file.pem.expected(1, "a certificate in PEM", "none");
        }
        return file;
    }

    /** Decodes a certificate. The JDK throws an unchecked exception for some damaged encodings, as an empty key of EdDSA. */
    private X509Certificate certificate(Block block) throws ConfigException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException | RuntimeException e) {
            throw pem.expected(block.line(), "an X.509 certificate", "a block that holds none");
        }
    }

    List<X509Certificate> certificates() {
        return found.stream().map(Placed::certificate).toList();
    }

    void checkTime(Instant now) throws ConfigException {
        for (Placed placed : found) {
            Instant from = placed.certificate().getNotBefore().toInstant();
            Instant to = placed.certificate().getNotAfter().toInstant();
            if (now.isBefore(from)) {
                throw expectedValid(placed, "one that is valid from " + from + " on");
            }
            if (now.isAfter(to)) {
                throw expectedValid(placed, "one that has expired at " + to);
            }
        }
    }

    private ConfigException expectedValid(Placed placed, String instead) {
        return pem.expected(placed.line(), "a certificate that is valid now", instead);
    }

    ConfigException expectedFirst(String what, String instead) {
        return pem.expected(found.getFirst().line(), what, instead);
    }
}

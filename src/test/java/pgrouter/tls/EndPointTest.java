package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.testing.TlsFiles;

/** Which hash of a certificate binds a channel. */
final class EndPointTest {
    private static X509Certificate certificate(String name) throws Exception {
        return CertificateFile.read(TlsFiles.file(name + ".crt")).certificates().getFirst();
    }

    @ParameterizedTest
    @CsvSource({"server,SHA-256", "ec,SHA-384", "pss,SHA-384", "sha1,SHA-256", "sha512,SHA-512"})
    void theHashIsThatOfTheSignatureOrBetter(String name, String hash) throws Exception {
        X509Certificate certificate = certificate(name);
        byte[] expected = MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        assertThat(EndPoint.binding(certificate).orElseThrow()).isEqualTo(expected);
    }

    @Test
    void aSignatureWithoutAHashBindsNothing() throws Exception {
        assertThat(EndPoint.binding(certificate("ed25519"))).isEmpty();
    }
}

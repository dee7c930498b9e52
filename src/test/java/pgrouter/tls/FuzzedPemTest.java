package pgrouter.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.config.ConfigException;
import pgrouter.testing.Fuzz;
import pgrouter.testing.TlsFiles;

/** Any bytes in the place of a key, a certificate or a list of ciphers. */
class FuzzedPemTest {
    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");

    private final Path content;

    FuzzedPemTest() throws IOException {
        content = Files.createTempFile("fuzzed", ".pem");
        content.toFile().deleteOnExit();
    }

    private static byte[] pem(String name) throws IOException {
        return Files.readAllBytes(TlsFiles.file(name));
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(content, bytes);
    }

    @Test
    void keys() throws Exception {
        Fuzz.of("private key")
                .from(
                        pem("ec.key"),
                        pem("ec-sec1.key"),
                        pem("ec-parameters.key"),
                        pem("ed25519.key"),
                        pem("server-pkcs1.key"))
                .from(pem("server-encrypted.key"), pem("server-old-encrypted.key"), pem("ec-explicit.key"))
                .with(
                        "-----BEGIN PRIVATE KEY-----\n",
                        "-----END PRIVATE KEY-----\n",
                        "Proc-Type: 4,ENCRYPTED\n",
                        "MII",
                        "=")
                .refusedBy(ConfigException.class)
                .feed(input -> PrivateKeyFile.read(file(input), Optional.empty()));
    }

    @Test
    void certificates() throws Exception {
        Fuzz.of("certificate")
                .from(pem("ec.crt"), pem("server.crt"), pem("ed25519.crt"))
                .with("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "MII", "=")
                .refusedBy(ConfigException.class)
                .feed(input -> CertificateFile.read(file(input)));
        Fuzz.of("revocations")
                .from(pem("ca.crl"), pem("other-ca.crl"))
                .with("-----BEGIN X509 CRL-----\n", "-----END X509 CRL-----\n", "MII", "=")
                .refusedBy(ConfigException.class)
                .feed(input -> RevokedFile.read(file(input)));
    }

    @Test
    void cipherLists() throws Exception {
        Fuzz.of("cipher list")
                .from(
                        "ALL:!EXP:!LOW",
                        "HIGH:!aNULL:-kRSA",
                        "ECDHE+AESGCM:@STRENGTH",
                        "TLS_AES_256_GCM_SHA384,AES128-SHA")
                .with("!", "-", "+", ":", ",", " ", "@STRENGTH", "@SECLEVEL=2", "ECDHE", "AESGCM", "kRSA")
                .refusedBy(CipherList.Refused.class)
                .feed(input -> CipherList.select(new String(input, StandardCharsets.UTF_8), SUITES));
    }
}

package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.ConfigException;
import pgrouter.config.Identity;
import pgrouter.testing.TlsFiles;

/** A certificate and its key, and how they can fail to be that. */
final class CertifiedKeyTest {
    private static final Instant NOW = Instant.parse("2050-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private static String problem(Identity files, Instant now) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> CertifiedKey.load(files, now));
        return thrown.getMessage().replace("src/test/resources/tls/", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "ec", "ed25519", "pss", "client"})
    void everyKindOfKeyFindsItsCertificate(String name) throws ConfigException {
        CertifiedKey key = CertifiedKey.load(TlsFiles.identity(name), NOW);
        assertThat(key.keyManagers()).isNotEmpty();
        assertThat(key.toString()).startsWith("CertifiedKey[CN=");
    }

    @Test
    void theChainIsWhole() throws ConfigException {
        assertThat(CertifiedKey.load(TlsFiles.identity("server"), NOW).chain())
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=localhost", "CN=pgrouter test intermediate");
    }

    @Test
    void bothMayStandInOneFile() throws Exception {
        String both = Files.readString(TlsFiles.file("ec.key")) + Files.readString(TlsFiles.file("ec.crt"));
        Path file = Files.writeString(directory.resolve("both.pem"), both);
        Identity files = new Identity(file, file, Optional.empty());
        assertThat(CertifiedKey.load(files, NOW).key().getAlgorithm()).isEqualTo("EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec.key", "ed25519.key", "pss.key", "client.key"})
    void aKeyOfAnotherCertificateIsFoundOut(String key) {
        assertThat(problem(TlsFiles.identity("server.crt", key), NOW))
                .isEqualTo("server.crt:1:1: expected the certificate of the key in " + key
                        + " first, found that of another key");
        assertThat(problem(TlsFiles.identity("elsewhere.crt", key), NOW)).contains("that of another key");
    }

    @Test
    void aChainInTheWrongOrderIsFoundOut() throws Exception {
        String chain =
                Files.readString(TlsFiles.file("intermediate.crt")) + Files.readString(TlsFiles.file("server.crt"));
        Path file = Files.writeString(directory.resolve("chain.crt"), "a chain\n" + chain);
        Identity files = new Identity(file, TlsFiles.file("server.key"), Optional.empty());
        assertThat(problem(files, NOW))
                .contains("chain.crt:2:1: expected the certificate of the key in server.key first");
    }

    @Test
    void aCertificateOfThePastOrTheFutureIsRefused() {
        assertThat(problem(TlsFiles.identity("expired"), NOW))
                .isEqualTo("expired.crt:1:1: expected a certificate that is valid now,"
                        + " found one that has expired at 2020-01-02T00:00:00Z");
        assertThat(problem(TlsFiles.identity("ec"), Instant.parse("2019-12-31T23:59:59Z")))
                .isEqualTo("ec.crt:1:1: expected a certificate that is valid now,"
                        + " found one that is valid from 2020-01-01T00:00:00Z on");
    }

    @Test
    void anExpiredIntermediateIsOfNoUseEither() throws Exception {
        String chain = Files.readString(TlsFiles.file("ec.crt")) + Files.readString(TlsFiles.file("expired.crt"));
        Path file = Files.writeString(directory.resolve("chain.crt"), chain);
        int line = 1 + (int) Files.readString(TlsFiles.file("ec.crt")).lines().count();
        Identity files = new Identity(file, TlsFiles.file("ec.key"), Optional.empty());
        assertThat(problem(files, NOW)).contains("chain.crt:" + line + ":1: ", "has expired");
    }

    @Test
    void whatIsNoCertificateIsNamed() throws Exception {
        assertThat(problem(TlsFiles.identity("ec.key", "ec.key"), NOW))
                .isEqualTo("ec.key:1:1: expected a certificate in PEM, found none");
        assertThat(problem(TlsFiles.identity("missing"), NOW))
                .isEqualTo("missing.crt:1:1: expected a readable file, found no such file");
        String garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        Path file = Files.writeString(directory.resolve("garbage.crt"), garbage);
        assertThat(problem(new Identity(file, file, Optional.empty()), NOW))
                .isEqualTo(file + ":1:1: expected an X.509 certificate, found a block that holds none");
    }
}

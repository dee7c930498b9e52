package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.ConfigException;
import pgrouter.testing.TlsFiles;

/** Every form in which openssl writes a private key. */
final class PrivateKeyFileTest {
    @TempDir
    Path directory;

    private static PrivateKey read(String name) throws ConfigException {
        return PrivateKeyFile.read(TlsFiles.file(name), Optional.of(TlsFiles.PASSPHRASE));
    }

    private static String problem(Path file, Optional<String> passphrase) {
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> PrivateKeyFile.read(file, passphrase));
        return thrown.getMessage().replace(file.toString(), "FILE");
    }

    private String problemOf(String text) throws IOException {
        return problem(Files.writeString(directory.resolve("key"), text), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"server,RSA", "pss,RSASSA-PSS", "ec,EC", "ed25519,EdDSA"})
    void pkcs8HoldsAnyKindOfKey(String name, String algorithm) throws ConfigException {
        assertThat(read(name + ".key").getAlgorithm()).isEqualTo(algorithm);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server-pkcs1.key",
                "server-encrypted.key",
                "server-encrypted-sha512.key",
                "server-encrypted-3des.key"
            })
    void theSameRsaKeyComesOutOfEveryForm(String name) throws ConfigException {
        assertThat(((RSAPrivateKey) read(name)).getPrivateExponent())
                .isEqualTo(((RSAPrivateKey) read("server.key")).getPrivateExponent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-sec1.key", "ec-parameters.key"})
    void theSameEcKeyComesOutOfEveryForm(String name) throws ConfigException {
        ECPrivateKey key = (ECPrivateKey) read(name);
        assertThat(key.getS()).isEqualTo(((ECPrivateKey) read("ec.key")).getS());
        assertThat(key.getParams().getOrder().bitLength()).isEqualTo(384);
    }

    @Test
    void aSec1KeyMayLackTheNameOfItsCurveWhereABlockBeforeItSaysIt() throws Exception {
        byte[] scalar = Der.element(
                Der.OCTET_STRING, ((ECPrivateKey) read("ec.key")).getS().toByteArray());
        byte[] bare = Der.element(Der.SEQUENCE, Der.element(Der.INTEGER, new byte[] {1}), scalar);
        String key = block("EC PRIVATE KEY", bare);
        String parameters = block("EC PARAMETERS", new byte[] {6, 5, 0x2b, (byte) 0x81, 4, 0, 0x22});
        Path file = Files.writeString(directory.resolve("key"), parameters + key);
        assertThat(PrivateKeyFile.read(file, Optional.empty())).isInstanceOf(ECPrivateKey.class);
        assertThat(problemOf(key)).contains("holds none");
    }

    private static String block(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    @Test
    void textAndCertificatesAroundTheKeyArePassedOver() throws Exception {
        String text = "Bag Attributes\r\n" + Files.readString(TlsFiles.file("server.crt"))
                + Files.readString(TlsFiles.file("server.key")).replace("\n", "\r\n") + "the end";
        Path file = Files.writeString(directory.resolve("both.pem"), text);
        assertThat(PrivateKeyFile.read(file, Optional.empty()).getAlgorithm()).isEqualTo("RSA");
    }

    @Test
    void anEncryptedKeyNeedsItsPassphrase() {
        Path file = TlsFiles.file("server-encrypted.key");
        assertThat(problem(file, Optional.empty()))
                .isEqualTo("FILE:1:1: expected `passphrase TEXT` for this key, found none");
        assertThat(problem(file, Optional.of("zebra")))
                .isEqualTo("FILE:1:1: expected the passphrase of this key, found another one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server-old-encrypted.key|an encrypted key in PKCS#8, as `openssl pkcs8 -topk8` makes it, found one in OpenSSL's older format",
                "server-scrypt.key|a key encrypted by PBES2 with PBKDF2 and AES, found another encryption",
                "ec-explicit.key|an RSA, EC or EdDSA key, found a block EC PRIVATE KEY that holds none",
                "server.crt|a private key in PEM, found none",
                "missing.key|a readable file, found no such file"
            })
    void whatCannotBeReadIsNamed(String name, String problem) {
        assertThat(problem(TlsFiles.file(name), Optional.of(TlsFiles.PASSPHRASE)))
                .isEqualTo("FILE:1:1: expected " + problem);
    }

    @Test
    void garbageIsNamedWithItsLine() throws IOException {
        String key = Files.readString(TlsFiles.file("ec.key"));
        assertThat(problemOf("")).endsWith(":1:1: expected a private key in PEM, found none");
        assertThat(problemOf("a\nb\n" + key.replace("-----END", "*-----END")))
                .endsWith(":3:1: expected base64 in the block PRIVATE KEY, found something else");
        assertThat(problemOf(key.replaceFirst("-----END.*", "")))
                .endsWith(":1:1: expected an -----END----- for each -----BEGIN-----, found fewer");
        assertThat(problemOf("\n" + block("OPENSSH PRIVATE KEY", new byte[3])))
                .endsWith(":2:1: expected a key in PKCS#8, PKCS#1 or SEC1, as `openssl pkcs8 -topk8` makes it,"
                        + " found the block OPENSSH PRIVATE KEY");
        assertThat(problemOf(block("PRIVATE KEY", new byte[0]))).contains("holds none");
        assertThat(problem(directory, Optional.empty())).startsWith("FILE:1:1: expected a readable file");
    }

    @RepeatedTest(4)
    void aDamagedKeyIsReadOrRefusedAndNeverShown(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        String[] names = {"server.key", "server-pkcs1.key", "ec-sec1.key", "server-encrypted.key"};
        PemFile.Block block = PemFile.read(TlsFiles.file(names[repetition.getCurrentRepetition() - 1]))
                .blocks()
                .getFirst();
        for (int i = 0; i < 300; i++) {
            byte[] damaged = Arrays.copyOf(block.der(), 1 + random.nextInt(block.der().length));
            damaged[random.nextInt(Math.min(30, damaged.length))] = (byte) random.nextInt();
            Path file = Files.writeString(directory.resolve("key"), block(block.label(), damaged));
            try {
                PrivateKeyFile.read(file, Optional.of(TlsFiles.PASSPHRASE));
            } catch (ConfigException e) {
                assertThat(e.getMessage()).startsWith(file + ":1:1: expected ");
            }
        }
    }

    @Test
    void aFileThatIsNoKeyFileAtAllIsNotReadToItsEnd() {
        assertThatThrownBy(() -> PrivateKeyFile.read(Path.of("/dev/zero"), Optional.empty()))
                .hasMessage("/dev/zero:1:1: expected a file of at most 4 MiB, found a larger one");
    }
}

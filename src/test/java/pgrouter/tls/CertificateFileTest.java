package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.config.ConfigException;
import pgrouter.testing.TlsFiles;

class CertificateFileTest {
    /** A BIT STRING of 33 bytes: none of them unused, and the 32 of a key of Ed25519. */
    private static final String KEY = "032100";

    @TempDir
    Path directory;

    @Test
    void aCertificateWhoseKeyIsEmptyIsRefused() throws Exception {
        byte[] whole =
                PemFile.read(TlsFiles.file("ed25519.crt")).blocks().getFirst().der();
        String hex = HexFormat.of().formatHex(whole);
        assertThat(hex).containsOnlyOnce(KEY);
        byte[] damaged = HexFormat.of().parseHex(hex.replace(KEY, "030100"));
        Path file = Files.writeString(directory.resolve("damaged.crt"), pem(damaged));
        assertThatThrownBy(() -> CertificateFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("damaged.crt:1")
                .hasMessageContaining("expected an X.509 certificate");
    }

    private static String pem(byte[] der) {
        String body = Base64.getMimeEncoder().encodeToString(der);
        return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    }
}

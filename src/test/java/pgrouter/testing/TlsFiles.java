package pgrouter.testing;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import pgrouter.config.Authority;
import pgrouter.config.Config;
import pgrouter.config.ConfigException;
import pgrouter.config.Identity;
import pgrouter.tls.TlsContexts;

/** The keys and certificates of the tests: {@code src/test/resources/tls/make} says what they are. */
public final class TlsFiles {
    public static final String PASSPHRASE = "pass phrase";

    private static final Path DIRECTORY = Path.of("src/test/resources/tls");

    private TlsFiles() {}

    public static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    /** Certificate and key of this name. */
    public static Identity identity(String name) {
        return identity(name + ".crt", name + ".key");
    }

    public static Identity identity(String cert, String key) {
        return new Identity(file(cert), file(key), Optional.empty());
    }

    /** One that has taken nothing back. */
    public static Authority authority(String ca) {
        return new Authority(file(ca), Optional.empty());
    }

    public static Authority authority(String ca, String crl) {
        return new Authority(file(ca), Optional.of(file(crl)));
    }

    /** The TLS of a configuration with these directives, whose files are here. */
    public static TlsContexts contexts(String directives) throws ConfigException {
        String text = directives + "\nauthdb unused\nbackend unused";
        return TlsContexts.load(
                Config.parse(text, "pgrouter.conf", DIRECTORY.toAbsolutePath()).live());
    }

    /** A client that believes the authority of these files, and shows no certificate. */
    public static SSLContext client() throws IOException {
        try (InputStream in = new FileInputStream(file("ca.crt").toFile())) {
            Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("ca", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}

package pgrouter.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import pgrouter.config.ConfigException;

/** Whose certificates are believed. A chain is always checked against the clock; a name only where the engine asks for it. */
final class Authorities {
    private Authorities() {}

    /**
     * Those in a PEM file. Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException where it cannot be read
     */
    static TrustManager[] in(Path file) throws ConfigException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : CertificateFile.read(file).certificates()) {
                store.setCertificateEntry(Integer.toString(number++), certificate);
            }
            return managers(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java keeps no certificates in memory", e);
        }
    }

    /** Those of this Java. */
    static TrustManager[] known() {
        try {
            return managers(null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java knows no certificate authority", e);
        }
    }

    private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Everybody. */
    static TrustManager[] anybody() {
        return Stream.of(new Anybody()).toArray(TrustManager[]::new);
    }

    /** Extended, since the JDK checks the algorithms of a certificate behind one that is not. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package pgrouter.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import pgrouter.config.Authority;
import pgrouter.config.ConfigException;

/**
 * The authorities whose certificates are trusted. A chain is always checked against the clock, a name only where the
 * engine asks for it.
 */
final class Authorities {
    private Authorities() {}

    /**
     * Trusts the authorities in a PEM file, except for the certificates that they have revoked. Blocks: not for a
     * thread that serves clients.
     *
     * @throws ConfigException where a file cannot be read
     */
    static TrustManager[] in(Authority authority) throws ConfigException {
        List<X509Certificate> certificates =
                CertificateFile.read(authority.ca()).certificates();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry(Integer.toString(number++), certificate);
            }
            return authority.crl().isPresent()
                    ? managers(store, RevokedFile.read(authority.crl().get()))
                    : managers(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java keeps no certificates in memory", e);
        }
    }

    /** Trusts the authorities of this Java. */
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

    /** Fetches nothing. Where the lists do not tell the status of a certificate, it is not trusted. */
    private static TrustManager[] managers(KeyStore store, List<X509CRL> revoked) throws GeneralSecurityException {
        PKIXRevocationChecker lists =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        lists.setOptions(
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
        parameters.addCertPathChecker(lists);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return factory.getTrustManagers();
    }

    /** Trusts every certificate. */
    static TrustManager[] anybody() {
        return Stream.of(new Anybody()).toArray(TrustManager[]::new);
    }

    /** Extended, since the JDK adds a check of the certificate's algorithms to a trust manager that is not. */
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

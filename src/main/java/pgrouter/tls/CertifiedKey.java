package pgrouter.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import pgrouter.config.ConfigException;
import pgrouter.config.Identity;

/** A certificate chain, the owner's own first, and the private key that belongs to it. Immutable; any thread. */
record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    private static final byte[] SAMPLE = {'p', 'g', 'r', 'o', 'u', 't', 'e', 'r'};

    CertifiedKey {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both files. Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException where one cannot be read, the chain is not valid now, or the key belongs to another
     *     certificate
     */
    static CertifiedKey load(Identity files, Instant now) throws ConfigException {
        CertificateFile cert = CertificateFile.read(files.cert());
        cert.checkTime(now);
        CertifiedKey pair = new CertifiedKey(cert.certificates(), PrivateKeyFile.read(files.key(), files.passphrase()));
        if (!belongs(pair.key, pair.own().getPublicKey())) {
            throw cert.expectedFirst("the certificate of the key in " + files.key() + " first", "that of another key");
        }
        return pair;
    }

    /** The owner's certificate. */
    X509Certificate own() {
        return chain.getFirst();
    }

    private static boolean belongs(PrivateKey key, PublicKey certified) {
        if (key instanceof RSAKey one && certified instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        try {
            return verifies(certified, sign(key));
        } catch (GeneralSecurityException anotherAlgorithm) {
            return false;
        }
    }

    private static byte[] sign(PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm(key.getAlgorithm()));
        signature.initSign(key);
        signature.update(SAMPLE);
        return signature.sign();
    }

    private static boolean verifies(PublicKey key, byte[] signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm(key.getAlgorithm()));
        signature.initVerify(key);
        signature.update(SAMPLE);
        return signature.verify(signed);
    }

    private static String algorithm(String key) {
        return key.equals("EC") ? "SHA256withECDSA" : "EdDSA";
    }

    /** The key managers for a context that authenticates with this key. */
    KeyManager[] keyManagers() {
        try {
            char[] inMemory = new char[0];
            // PKCS12 would encrypt it in thousands of rounds. They take a third of a second at the start and with each
            // reload.
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, inMemory);
            store.setKeyEntry("pgrouter", key, inMemory, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, inMemory);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java keeps no keys in memory", e);
        }
    }

    @Override
    public String toString() {
        return "CertifiedKey[" + own().getSubjectX500Principal() + "]";
    }
}

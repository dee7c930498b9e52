package pgrouter.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;

/** The channel binding {@code tls-server-end-point} (RFC 5929 section 4): the hash of the server's certificate. */
final class EndPoint {
    private EndPoint() {}

    /**
     * The hash of the certificate by the algorithm of its signature, but never by less than SHA-256. Empty where the
     * signature has no hash of its own, as with EdDSA: the RFC leaves that open, and PostgreSQL has no binding there.
     */
    static Optional<byte[]> binding(X509Certificate server) {
        try {
            Optional<String> hash = hash(server);
            return hash.isEmpty()
                    ? Optional.empty()
                    : Optional.of(MessageDigest.getInstance(hash.get()).digest(server.getEncoded()));
        } catch (GeneralSecurityException | IOException unknownHash) {
            return Optional.empty();
        }
    }

    private static Optional<String> hash(X509Certificate certificate) throws GeneralSecurityException, IOException {
        String algorithm = certificate.getSigAlgName();
        if (algorithm.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(algorithm);
            parameters.init(certificate.getSigAlgParams());
            return Optional.of(
                    strong(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm()));
        }
        int with = algorithm.indexOf("with");
        return with < 0 ? Optional.empty() : Optional.of(strong(algorithm.substring(0, with)));
    }

    /** The name of the hash for {@link MessageDigest}: {@code SHA-384} for the {@code SHA384} of a signature's name. */
    private static String strong(String hash) {
        return switch (hash) {
            case "MD5", "SHA1", "SHA-1" -> "SHA-256";
            default -> hash.replaceFirst("^SHA(?=\\d\\d)", "SHA-");
        };
    }
}

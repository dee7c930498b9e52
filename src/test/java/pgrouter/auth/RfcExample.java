package pgrouter.auth;

import java.util.Base64;
import java.util.Optional;

/** The exchange of RFC 7677 section 3. */
final class RfcExample {
    static final String USER = "user";
    static final String PASSWORD = "pencil";
    static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    static final int ITERATIONS = 4096;

    static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    static final String CLIENT_FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    /**
     * The same exchange, bound to a server whose certificate has the hash 00 01 ... 1f. The RFC has no such example: this one was
     * computed with Python's hashlib, which gives the RFC's own values too.
     */
    static final String BOUND_CLIENT_FIRST = "p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO";

    static final String BOUND_CLIENT_FINAL =
            "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,"
                    + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                    + "p=nY1Wus9a+gM2DrbQ1msXFgyhW6KM5ktOxWiU+/P/EGY=";
    static final String BOUND_SERVER_FINAL = "v=RwppMGddhz/J0lFYaRReBjXcQeNUFP5Qc76Lo5Exrig=";
    static final String NOT_OFFERED_CLIENT_FINAL = "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=FoqiHTtQEDE8lz1CdaEe3tK4mS+iMDTl77SPyDS53DY=";

    private RfcExample() {}

    static byte[] certificateHash() {
        byte[] hash = new byte[Sha256.LENGTH];
        for (int i = 0; i < hash.length; i++) {
            hash[i] = (byte) i;
        }
        return hash;
    }

    /** A server whose channel can be bound. */
    static ScramServer boundServer() {
        ScramVerifier verifier = ScramVerifier.of(PASSWORD, SALT, ITERATIONS);
        return new ScramServer(verifier, true, () -> SERVER_NONCE, Optional.of(certificateHash()));
    }

    static ScramClient client(ChannelBinding binding) {
        return new ScramClient(binding, USER, PASSWORD, () -> CLIENT_NONCE);
    }

    static ScramServer server() {
        return new ScramServer(ScramVerifier.of(PASSWORD, SALT, ITERATIONS), true, () -> SERVER_NONCE);
    }

    static ScramClient client() {
        return client(ChannelBinding.NONE);
    }
}

package pgrouter.auth;

import java.security.MessageDigest;
import java.util.function.Supplier;

/**
 * The client's end of one login by SCRAM-SHA-256, as fe-auth-scram.c has it; the conversation is drawn at
 * {@link ScramServer}. One use, one thread.
 */
public final class ScramClient {
    /** Gives the keys for the salt and the iteration count that the server sends. */
    private interface Secret {
        ScramKeys keys(byte[] salt, int iterations) throws ScramException;
    }

    private final ChannelBinding binding;
    private final Secret secret;
    private final String bare;
    private final String clientNonce;
    private byte[] expectedSignature = {};

    /** @param nonce printable ASCII without a comma, 18 random bytes in base64 in libpq */
    public ScramClient(ChannelBinding binding, String password, Supplier<String> nonce) {
        this(binding, "", password, nonce);
    }

    /** On a channel that is not bound. */
    public ScramClient(String password, Supplier<String> nonce) {
        this(ChannelBinding.NONE, password, nonce);
    }

    /** A login at a server that keeps the same verifier. */
    public ScramClient(ChannelBinding binding, Credential.Proven proven, Supplier<String> nonce) {
        this(binding, (salt, iterations) -> keys(proven, salt, iterations), "", nonce);
    }

    /** PostgreSQL ignores {@code user}: the user of the StartupMessage counts. libpq sends none here. */
    ScramClient(ChannelBinding binding, String user, String password, Supplier<String> nonce) {
        this(
                binding,
                (salt, iterations) -> new ScramKeys(SaltedPasswords.OF_THIS_PROCESS.of(password, salt, iterations)),
                user,
                nonce);
    }

    private ScramClient(ChannelBinding binding, Secret secret, String user, Supplier<String> nonce) {
        this.binding = binding;
        this.secret = secret;
        this.clientNonce = nonce.get();
        this.bare = "n=" + user + ",r=" + clientNonce;
    }

    private static ScramKeys keys(Credential.Proven proven, byte[] salt, int iterations) throws ScramException {
        if (!proven.verifier().isOf(salt, iterations)) {
            throw new ScramException(
                    ScramException.Reason.OTHER_VERIFIER,
                    "the server keeps another verifier of this user, of another salt or iteration count");
        }
        return new ScramKeys(proven);
    }

    /** The client's first message. */
    public String first() {
        return binding.header() + bare;
    }

    /**
     * The answer to the server's challenge. It takes as many iterations as the server asks for, about a millisecond
     * for 4096, unless this process has made them before.
     *
     * @throws ScramException MALFORMED, also for more than 1,000,000 iterations; UNSUPPORTED; OTHER_VERIFIER where
     *     there is no password, and the keys are not for this server
     */
    public String answer(String serverFirst) throws ScramException {
        ScramAttributes attributes = new ScramAttributes(serverFirst);
        String bothNonces = bothNonces(attributes);
        byte[] salt = ScramAttributes.decode(attributes.value('s'));
        int iterations = ScramVerifier.iterations(attributes.value('i'))
                .orElseThrow(() -> ScramException.malformed(
                        "expected an iteration count from 1 to " + ScramVerifier.MAXIMUM_ITERATIONS));
        attributes.skipRest();

        String withoutProof = "c=" + binding.encoded() + ",r=" + bothNonces;
        String authMessage = bare + "," + serverFirst + "," + withoutProof;
        try (ScramKeys keys = secret.keys(salt, iterations)) {
            expectedSignature = Sha256.hmac(keys.serverKey(), authMessage);
            return withoutProof + ",p=" + ScramAttributes.encode(keys.proof(authMessage));
        }
    }

    /** A server that only repeats our nonce could replay a recorded exchange. */
    private String bothNonces(ScramAttributes attributes) throws ScramException {
        String bothNonces = attributes.nonce();
        if (!bothNonces.startsWith(clientNonce) || bothNonces.length() == clientNonce.length()) {
            throw ScramException.malformed("nonce mismatch");
        }
        return bothNonces;
    }

    /**
     * Checks that the server knows the password too, or its verifier.
     *
     * @throws ScramException WRONG_SERVER where it does not; WRONG_PASSWORD where it says so; MALFORMED or UNSUPPORTED
     */
    public void verify(String serverFinal) throws ScramException {
        if (expectedSignature.length == 0) {
            throw new IllegalStateException("no answer yet");
        }
        if (serverFinal.startsWith("e=")) {
            throw refusal(serverFinal);
        }
        ScramAttributes attributes = new ScramAttributes(serverFinal);
        byte[] signature = ScramAttributes.decode(attributes.value('v'));
        attributes.skipRest();
        if (!MessageDigest.isEqual(signature, expectedSignature)) {
            throw new ScramException(ScramException.Reason.WRONG_SERVER, "the server does not know the password");
        }
    }

    private static ScramException refusal(String serverFinal) {
        return serverFinal.equals("e=invalid-proof")
                ? new ScramException(ScramException.Reason.WRONG_PASSWORD, "the server says that the password is wrong")
                : ScramException.unsupported("the server reports an error other than a wrong password");
    }
}

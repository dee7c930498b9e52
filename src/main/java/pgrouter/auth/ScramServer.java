package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Supplier;

/**
 * The server's end of one login by SCRAM-SHA-256 without channel binding, as auth-scram.c has it. One use, one thread:
 *
 * <pre>
 * client                                              server
 *   n,,n=USER,r=CLIENTNONCE              ──▶  challenge
 *                                        ◀──  r=CLIENTNONCE SERVERNONCE,s=SALT,i=ITERATIONS
 *   c=HEADER,r=BOTH NONCES,p=PROOF       ──▶  verify
 *                                        ◀──  v=SIGNATURE
 * </pre>
 *
 * The name in the client's first message is ignored, as PostgreSQL does: the one of the StartupMessage counts.
 */
public final class ScramServer {
    /** The name of the mechanism in the SASL messages. */
    public static final String MECHANISM = "SCRAM-SHA-256";

    private final ScramVerifier verifier;
    private final boolean known;
    private final Supplier<String> nonce;

    private String header = "";
    private String bothNonces = "";
    private String firstMessages = "";

    /**
     * @param known false for a user who does not exist: the exchange goes on as for any other, and then fails
     * @param nonce printable ASCII without a comma, 18 random bytes in base64 in PostgreSQL
     */
    public ScramServer(ScramVerifier verifier, boolean known, Supplier<String> nonce) {
        this.verifier = verifier;
        this.known = known;
        this.nonce = nonce;
    }

    /**
     * The answer to the client's first message.
     *
     * @throws ScramException MALFORMED, or UNSUPPORTED for channel binding, an authorization identity or an extension
     */
    public String challenge(String clientFirst) throws ScramException {
        header = header(clientFirst);
        String bare = clientFirst.substring(header.length());
        ScramAttributes attributes = new ScramAttributes(bare);
        attributes.value('n');
        bothNonces = attributes.nonce() + nonce.get();
        attributes.skipRest();
        String serverFirst =
                "r=" + bothNonces + ",s=" + ScramAttributes.encode(verifier.salt()) + ",i=" + verifier.iterations();
        firstMessages = bare + "," + serverFirst + ",";
        return serverFirst;
    }

    /** The GS2 header: {@code y} is a client that could bind the channel and was not offered it. */
    private static String header(String clientFirst) throws ScramException {
        if (clientFirst.startsWith("n,,") || clientFirst.startsWith("y,,")) {
            return clientFirst.substring(0, 3);
        }
        if (clientFirst.startsWith("p=")) {
            throw ScramException.unsupported("channel binding is not offered");
        }
        if (clientFirst.startsWith("n,a=") || clientFirst.startsWith("y,a=")) {
            throw ScramException.unsupported("an authorization identity is not supported");
        }
        throw ScramException.malformed("expected a channel binding flag and two commas");
    }

    /**
     * The answer to the client's second message; the client is who it says once this returns.
     *
     * @throws ScramException WRONG_PASSWORD, also for an unknown user; MALFORMED or UNSUPPORTED
     */
    public String verify(String clientFinal) throws ScramException {
        if (firstMessages.isEmpty()) {
            throw new IllegalStateException("no challenge yet");
        }
        ScramAttributes attributes = new ScramAttributes(clientFinal);
        expect(attributes.value('c').equals(encodedHeader()), "channel binding mismatch");
        expect(attributes.value('r').equals(bothNonces), "nonce mismatch");
        String withoutProof = attributes.before();
        ScramAttributes.Attribute attribute = attributes.next();
        while (attribute.name() != 'p') {
            withoutProof = attributes.before();
            attribute = attributes.next();
        }
        byte[] proof = ScramAttributes.decode(attribute.value());
        expect(proof.length == Sha256.LENGTH && attributes.atEnd(), "malformed proof");
        String authMessage = firstMessages + withoutProof;
        check(proof, authMessage);
        return "v=" + ScramAttributes.encode(Sha256.hmac(verifier.serverKey(), authMessage));
    }

    private String encodedHeader() {
        return ScramAttributes.encode(header.getBytes(StandardCharsets.US_ASCII));
    }

    /** The proof of an unknown user is computed too: the time that a refusal takes must not tell who exists. */
    private void check(byte[] proof, String authMessage) throws ScramException {
        byte[] clientKey = Sha256.hmac(verifier.storedKey(), authMessage);
        Sha256.addTo(clientKey, proof);
        boolean right = MessageDigest.isEqual(Sha256.hash(clientKey), verifier.storedKey());
        if (!right || !known) {
            throw new ScramException(ScramException.Reason.WRONG_PASSWORD, "the password is wrong");
        }
    }

    private static void expect(boolean condition, String otherwise) throws ScramException {
        if (!condition) {
            throw ScramException.malformed(otherwise);
        }
    }
}

package pgrouter.auth;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The server's end of one login by SCRAM-SHA-256, as auth-scram.c has it. One use, one thread:
 *
 * <pre>
 * client                                              server
 *   HEADER n=USER,r=CLIENTNONCE          ──▶  challenge
 *                                        ◀──  r=CLIENTNONCE SERVERNONCE,s=SALT,i=ITERATIONS
 *   c=BINDING,r=BOTH NONCES,p=PROOF      ──▶  verify
 *                                        ◀──  v=SIGNATURE
 * </pre>
 *
 * The name in the client's first message is ignored, as PostgreSQL does: the one of the StartupMessage counts.
 */
public final class ScramServer {
    /** The name of the mechanism in the SASL messages. */
    public static final String MECHANISM = "SCRAM-SHA-256";

    /** The same, bound to the TLS connection. */
    public static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

    private final ScramVerifier verifier;
    private final boolean known;
    private final Supplier<String> nonce;
    private final Optional<byte[]> endPoint;

    private ChannelBinding binding = ChannelBinding.NONE;
    private String bothNonces = "";
    private String firstMessages = "";
    private byte[] clientKey = {};

    /**
     * @param known false for a user that does not exist: the exchange goes on as for any other, and then fails
     * @param nonce printable ASCII without a comma, 18 random bytes in base64 in PostgreSQL
     */
    public ScramServer(ScramVerifier verifier, boolean known, Supplier<String> nonce) {
        this(verifier, known, nonce, Optional.empty());
    }

    /** @param endPoint the hash of the server's certificate, where the channel can be bound */
    public ScramServer(ScramVerifier verifier, boolean known, Supplier<String> nonce, Optional<byte[]> endPoint) {
        this.verifier = verifier;
        this.known = known;
        this.nonce = nonce;
        this.endPoint = endPoint.map(byte[]::clone);
    }

    /** The mechanisms to offer; the one that a client should prefer comes first. */
    public List<String> mechanisms() {
        return endPoint.isPresent() ? List.of(MECHANISM_PLUS, MECHANISM) : List.of(MECHANISM);
    }

    /**
     * The answer to the client's first message.
     *
     * @param mechanism that the client has chosen, one of {@link #mechanisms}
     * @throws ScramException MALFORMED; UNSUPPORTED for another kind of channel binding, an authorization identity or
     *     an extension; BINDING where the client says that it was offered none
     */
    public String challenge(String mechanism, String clientFirst) throws ScramException {
        binding = binding(mechanism, clientFirst);
        String bare = clientFirst.substring(binding.header().length());
        ScramAttributes attributes = new ScramAttributes(bare);
        attributes.value('n');
        bothNonces = attributes.nonce() + nonce.get();
        attributes.skipRest();
        String serverFirst =
                "r=" + bothNonces + ",s=" + ScramAttributes.encode(verifier.salt()) + ",i=" + verifier.iterations();
        firstMessages = bare + "," + serverFirst + ",";
        return serverFirst;
    }

    /** On a channel that is not bound. */
    String challenge(String clientFirst) throws ScramException {
        return challenge(MECHANISM, clientFirst);
    }

    /** The channel binding of the GS2 header, which must agree with the mechanism ({@code read_client_first_message} of auth-scram.c). */
    private ChannelBinding binding(String mechanism, String clientFirst) throws ScramException {
        ChannelBinding said = said(clientFirst);
        expect(
                said.isBound() == mechanism.equals(MECHANISM_PLUS),
                "the mechanism and the message differ in whether there is channel binding data");
        if (said == ChannelBinding.NOT_OFFERED && endPoint.isPresent()) {
            throw new ScramException(ScramException.Reason.BINDING, "SCRAM channel binding negotiation error");
        }
        return said;
    }

    private ChannelBinding said(String clientFirst) throws ScramException {
        if (clientFirst.startsWith(ChannelBinding.NONE.header())) {
            return ChannelBinding.NONE;
        }
        if (clientFirst.startsWith(ChannelBinding.NOT_OFFERED.header())) {
            return ChannelBinding.NOT_OFFERED;
        }
        if (clientFirst.startsWith("p=")) {
            return bound(clientFirst);
        }
        if (clientFirst.startsWith("n,a=") || clientFirst.startsWith("y,a=")) {
            throw ScramException.unsupported("an authorization identity is not supported");
        }
        throw ScramException.malformed("expected a channel binding flag and two commas");
    }

    private ChannelBinding bound(String clientFirst) throws ScramException {
        ChannelBinding own = ChannelBinding.endPoint(
                endPoint.orElseThrow(() -> ScramException.unsupported("channel binding is not offered")));
        if (!clientFirst.startsWith(own.header())) {
            throw ScramException.unsupported("the channel is bound in another way than by tls-server-end-point");
        }
        return own;
    }

    /**
     * The answer to the client's second message. The client is authenticated once this returns.
     *
     * @throws ScramException WRONG_PASSWORD, also for an unknown user; BINDING where the client sees another server;
     *     MALFORMED or UNSUPPORTED
     */
    public String verify(String clientFinal) throws ScramException {
        if (firstMessages.isEmpty()) {
            throw new IllegalStateException("no challenge yet");
        }
        ScramAttributes attributes = new ScramAttributes(clientFinal);
        check(attributes.value('c'));
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

    private void check(String encodedBinding) throws ScramException {
        boolean same = encodedBinding.equals(binding.encoded());
        if (!same && binding.isBound()) {
            throw new ScramException(ScramException.Reason.BINDING, "SCRAM channel binding check failed");
        }
        expect(same, "channel binding mismatch");
    }

    /** The key that the client has proven to have, with its verifier. The two open a login at a server that keeps the same verifier. */
    public Credential.Proven proven() {
        if (clientKey.length == 0) {
            throw new IllegalStateException("nothing is proven");
        }
        return new Credential.Proven(verifier, clientKey);
    }

    /** Computes the proof of an unknown user too: the time that a refusal takes must not tell which users exist. */
    private void check(byte[] proof, String authMessage) throws ScramException {
        byte[] shown = Sha256.hmac(verifier.storedKey(), authMessage);
        Sha256.addTo(shown, proof);
        boolean right = MessageDigest.isEqual(Sha256.hash(shown), verifier.storedKey());
        if (!right || !known) {
            throw new ScramException(ScramException.Reason.WRONG_PASSWORD, "the password is wrong");
        }
        clientKey = shown;
    }

    private static void expect(boolean condition, String otherwise) throws ScramException {
        if (!condition) {
            throw ScramException.malformed(otherwise);
        }
    }
}

package pgrouter.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import pgrouter.auth.Credential;
import pgrouter.auth.Md5Password;
import pgrouter.auth.PasswordSource;
import pgrouter.auth.ScramException;
import pgrouter.auth.ScramServer;
import pgrouter.auth.Users;
import pgrouter.hba.Method;
import pgrouter.net.BlockingTasks;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * Verifies the password of a client: by SCRAM-SHA-256 where the entry allows it, else by MD5, or by the password
 * itself. An unknown user is asked like a known one, and fails like one with a wrong password. Client thread only.
 */
public final class ClientLogin {
    /** {@code PG_MAX_AUTH_TOKEN_LENGTH} of auth.h. */
    private static final int MAXIMUM_MESSAGE = 65535;

    private static final int HEADER = 5;
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Inbox inbox;
    private final ClientEnd client;
    private final Users users;
    private final Optional<byte[]> endPoint;
    private final Awaited awaited;

    /** @param endPoint the hash of pgrouter's certificate, where the client speaks TLS and the certificate has one */
    public ClientLogin(Inbox inbox, ClientEnd client, Users users, Optional<byte[]> endPoint, Awaited awaited) {
        this.inbox = inbox;
        this.client = client;
        this.users = users;
        this.endPoint = endPoint;
        this.awaited = awaited;
    }

    /** Waits until a received password may be verified. */
    interface Turn {
        void await() throws IOException, SessionException, InterruptedException;
    }

    /**
     * @param method not REJECT
     * @param turn of the password, where the method asks for one
     * @return the credential that opens the backends for this user
     */
    Credential run(String user, Method method, Turn turn) throws IOException, SessionException, InterruptedException {
        return switch (method) {
            case TRUST, CERT -> unproven(user);
            case MD5, SCRAM_SHA_256, PASSWORD -> proven(user, method, turn);
            case REJECT -> throw new IllegalArgumentException("nobody proves anything to a rule that rejects");
        };
    }

    /** Where the authdb does not know a user the backends must not ask for a password either. */
    private Credential unproven(String user) throws SessionException, InterruptedException {
        Optional<Credential.Entry> known = find(user);
        return known.isPresent() ? known.get() : new Credential.Unknown();
    }

    private Optional<Credential.Entry> find(String user) throws SessionException, InterruptedException {
        try {
            return users.find(user);
        } catch (PasswordSource.Unavailable e) {
            ErrorResponse error =
                    ErrorResponse.fatal(SqlState.CANNOT_CONNECT_NOW, "pgrouter cannot look up users at this time");
            throw SessionException.quoting(
                    "user \"" + user + "\" cannot be looked up: " + e.getMessage(), error.encode());
        }
    }

    private Credential proven(String user, Method method, Turn turn)
            throws IOException, SessionException, InterruptedException {
        Optional<Credential.Entry> known = find(user);
        Optional<Credential.Entry> usable =
                known.filter(entry -> method != Method.SCRAM_SHA_256 || !(entry instanceof Credential.Md5));
        Credential.Entry asked = usable.orElseGet(() -> users.imitation(user, method == Method.SCRAM_SHA_256));
        Optional<Credential> proven = method == Method.PASSWORD
                ? password(user, asked, turn)
                : challenged(user, asked, usable.isPresent(), turn);
        if (proven.isEmpty() || usable.isEmpty()) {
            users.distrust(user);
            throw new WrongPassword(user, usable.isPresent() ? "wrong password" : missing(known));
        }
        return proven.get();
    }

    private static String missing(Optional<Credential.Entry> known) {
        return known.isPresent()
                ? "the authdb has only an md5 hash, which does not do for SCRAM"
                : "no such user, or one without a password";
    }

    private Optional<Credential> challenged(String user, Credential.Entry asked, boolean known, Turn turn)
            throws IOException, SessionException, InterruptedException {
        return switch (asked) {
            case Credential.Md5 hash -> md5(hash, turn);
            case Credential.Plain plain -> scram(user, plain, known, turn).map(exchange -> plain);
            case Credential.Scram scram -> scram(user, scram, known, turn).map(ScramServer::proven);
        };
    }

    /** Asks for the password itself, which opens any backend. */
    private Optional<Credential> password(String user, Credential.Entry asked, Turn turn)
            throws IOException, SessionException, InterruptedException {
        client.write(BackendMessage.authenticationCleartextPassword());
        String password = passwordPacket();
        turn.await();
        boolean right = offCarrier(() -> users.isPassword(user, asked, password));
        return right ? Optional.of(new Credential.Plain(password)) : Optional.empty();
    }

    /** Reads a password, or its hash, and nothing else ({@code recv_password_packet} of auth.c). */
    private String passwordPacket() throws IOException, SessionException {
        MessageReader reader = new MessageReader(answer());
        String password = reader.string();
        if (reader.remaining() != 0) {
            throw new ProtocolException("invalid password packet size");
        }
        if (password.isEmpty()) {
            throw SessionException.fatal(SqlState.INVALID_PASSWORD, "empty password returned by client");
        }
        return password;
    }

    private Optional<Credential> md5(Credential.Md5 entry, Turn turn)
            throws IOException, SessionException, InterruptedException {
        byte[] salt = random(4);
        client.write(BackendMessage.authenticationMd5(salt));
        String response = passwordPacket();
        turn.await();
        boolean right = Md5Password.matches(entry.hash(), salt, response);
        return right ? Optional.of(entry) : Optional.empty();
    }

    /** @return the exchange, where the client has passed it */
    private Optional<ScramServer> scram(String user, Credential.Entry credential, boolean known, Turn turn)
            throws IOException, SessionException, InterruptedException {
        ScramServer server = server(user, credential, known);
        client.write(BackendMessage.authenticationSasl(server.mechanisms()));
        try {
            client.write(BackendMessage.authenticationSaslContinue(utf8(challenge(server))));
            String proof = text(answer());
            turn.await();
            client.write(BackendMessage.authenticationSaslFinal(utf8(server.verify(proof))));
            return Optional.of(server);
        } catch (ScramException e) {
            return switch (e.reason()) {
                case WRONG_PASSWORD -> Optional.empty();
                case BINDING ->
                    throw SessionException.fatal(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, e.getMessage());
                case MALFORMED, UNSUPPORTED, WRONG_SERVER, OTHER_VERIFIER ->
                    throw new ProtocolException("malformed SCRAM message: " + e.getMessage());
            };
        }
    }

    private ScramServer server(String user, Credential.Entry credential, boolean known) throws IOException {
        return offCarrier(() -> users.scramServer(user, credential, known, ClientLogin::nonce, endPoint));
    }

    private static <T> T offCarrier(Callable<T> task) throws IOException {
        try {
            return BlockingTasks.compute(task);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during authentication", e);
        }
    }

    private String challenge(ScramServer server) throws IOException, ScramException {
        MessageReader reader = new MessageReader(answer());
        String mechanism = reader.string();
        if (!server.mechanisms().contains(mechanism)) {
            throw new ProtocolException("client selected an invalid SASL authentication mechanism");
        }
        return server.challenge(mechanism, text(reader.bytes(reader.int32())));
    }

    /** Returns the body of the client's next message, which must answer a password request. */
    private byte[] answer() throws IOException {
        awaited.client();
        await(HEADER);
        byte tag = inbox.byteAt(0);
        if (tag != FrontendTag.PASSWORD) {
            throw new ProtocolException("expected password response, got message type " + (tag & 0xff));
        }
        int length = inbox.intAt(1);
        if (length < 4 || length > MAXIMUM_MESSAGE) {
            throw new ProtocolException("invalid length of password response");
        }
        awaited.message(length);
        await(1 + length);
        byte[] body = new byte[length - 4];
        System.arraycopy(inbox.array(), inbox.arrayOffset(HEADER), body, 0, body.length);
        inbox.consume(1 + length);
        awaited.pgrouter();
        return body;
    }

    /** Handles a client that waits for pgrouter. */
    void expectPresence() throws IOException {
        if (inbox.hasEnded()) {
            throw left();
        }
    }

    /** A client that leaves here, as psql does to ask for a password first, is not worth a line in the log. */
    private void await(int count) throws IOException {
        if (!inbox.await(count)) {
            throw left();
        }
    }

    private static EOFException left() {
        return new EOFException("the client left during authentication");
    }

    private static String nonce() {
        return Base64.getEncoder().encodeToString(random(NONCE_BYTES));
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

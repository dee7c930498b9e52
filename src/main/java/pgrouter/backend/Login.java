package pgrouter.backend;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import pgrouter.auth.ChannelBinding;
import pgrouter.auth.Credential;
import pgrouter.auth.Md5Password;
import pgrouter.auth.ScramClient;
import pgrouter.auth.ScramException;
import pgrouter.auth.ScramServer;
import pgrouter.config.Backend;
import pgrouter.net.BlockingTasks;
import pgrouter.net.Inbox;
import pgrouter.net.MessageWriter;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * The startup of one server connection, from StartupMessage to the first ReadyForQuery (protocol-flow.html,
 * "Start-up"). One use; runs on the thread that calls it.
 */
final class Login {
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String ONLY_MD5 = "the authdb has only the md5 hash of this user; a plain entry opens it";
    private static final String ONLY_SCRAM =
            "the authdb has only the SCRAM verifier of this user; a plain entry opens it";
    private static final String NOTHING = "the authdb has no entry of this user";

    private final Backend backend;
    private final Optional<byte[]> endPoint;
    private final Inbox inbox;
    private final MessageWriter outbox;
    private final Map<String, String> startup;
    private final Credential credential;

    private final LoginAllowance allowance = new LoginAllowance();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private ServerConnection.KeyData key = new ServerConnection.KeyData(0, new byte[4]);

    /** @param endPoint the hash of the server's certificate, where the connection is TLS and the certificate has one */
    Login(
            Backend backend,
            Optional<byte[]> endPoint,
            Inbox inbox,
            MessageWriter outbox,
            Map<String, String> startup,
            Credential credential) {
        this.backend = backend;
        this.endPoint = endPoint;
        this.inbox = inbox;
        this.outbox = outbox;
        this.startup = startup;
        this.credential = credential;
    }

    record Result(Map<String, String> parameters, ServerConnection.KeyData key) {}

    private record Message(byte tag, byte[] body) {
        MessageReader reader() {
            return new MessageReader(body);
        }
    }

    Result run() throws IOException, LoginException {
        try {
            outbox.write(FrontendMessage.startup(startup));
            authenticate();
            awaitReady();
            return new Result(parameters, key);
        } catch (ProtocolException e) {
            throw failed(SqlState.PROTOCOL_VIOLATION, "broke the protocol at login: " + e.getMessage());
        } catch (ScramException e) {
            throw failed(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "failed SCRAM authentication: " + e.getMessage());
        }
    }

    /** A node asks for a password once, or for nothing. */
    private void authenticate() throws IOException, LoginException, ScramException {
        MessageReader first = expect(BackendTag.AUTHENTICATION).reader();
        int method = first.int32();
        switch (method) {
            case 0 -> {
                permit(PasswordRequest.NOTHING);
                return;
            }
            case 3 -> {
                permit(PasswordRequest.CLEARTEXT);
                outbox.write(FrontendMessage.password(plainPassword()));
            }
            case 5 -> {
                permit(PasswordRequest.MD5);
                outbox.write(FrontendMessage.password(Md5Password.response(md5Hash(), first.bytes(4))));
            }
            case 10 -> scram(mechanisms(first));
            default -> throw cannot("authentication method " + method, "pgrouter does not know it");
        }
        int next = expect(BackendTag.AUTHENTICATION).reader().int32();
        if (next != 0) {
            throw new ProtocolException("asks again, for authentication method " + next);
        }
    }

    private void permit(PasswordRequest request) throws LoginException {
        Optional<String> objection = request.objection(backend, credential);
        if (objection.isPresent()) {
            throw cannot(request.method(), objection.get());
        }
    }

    private void scram(List<String> mechanisms) throws IOException, LoginException, ScramException {
        ChannelBinding binding = ChannelBinding.choose(mechanisms, endPoint);
        if (!mechanisms.contains(binding.mechanism())) {
            throw cannot(String.join(", ", mechanisms), "pgrouter knows " + ScramServer.MECHANISM);
        }
        ScramClient client = scramClient(binding);
        outbox.write(FrontendMessage.saslInitialResponse(binding.mechanism(), utf8(client.first())));
        outbox.write(FrontendMessage.saslResponse(utf8(answer(client, saslData(11)))));
        client.verify(saslData(12));
    }

    private ScramClient scramClient(ChannelBinding binding) throws LoginException {
        String method = "scram-sha-256";
        return switch (credential) {
            case Credential.Plain(String password) -> new ScramClient(binding, password, Login::nonce);
            case Credential.Proven proven -> new ScramClient(binding, proven, Login::nonce);
            case Credential.Scram scram ->
                throw cannot(
                        method, "the authdb has only the SCRAM verifier of this user, who has not shown to fit it");
            case Credential.Md5 md5 -> throw cannot(method, ONLY_MD5);
            case Credential.Unknown unknown -> throw cannot(method, NOTHING);
        };
    }

    private static String answer(ScramClient client, String challenge) throws IOException, ScramException {
        try {
            return BlockingTasks.compute(() -> client.answer(challenge));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ScramException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during authentication", e);
        }
    }

    private String saslData(int expected) throws IOException, LoginException {
        MessageReader reader = expect(BackendTag.AUTHENTICATION).reader();
        if (reader.int32() != expected) {
            throw new ProtocolException("the SASL exchange is out of order");
        }
        return new String(reader.bytes(reader.remaining()), StandardCharsets.UTF_8);
    }

    private static List<String> mechanisms(MessageReader reader) throws ProtocolException {
        List<String> names = new ArrayList<>();
        for (String name = reader.string(); !name.isEmpty(); name = reader.string()) {
            names.add(name);
        }
        return names;
    }

    private String plainPassword() throws LoginException {
        String method = "password";
        return switch (credential) {
            case Credential.Plain(String password) -> password;
            case Credential.Md5 md5 -> throw cannot(method, ONLY_MD5);
            case Credential.Scram scram -> throw cannot(method, ONLY_SCRAM);
            case Credential.Proven proven -> throw cannot(method, ONLY_SCRAM);
            case Credential.Unknown unknown -> throw cannot(method, NOTHING);
        };
    }

    private String md5Hash() throws LoginException {
        String method = "md5";
        return switch (credential) {
            case Credential.Plain(String password) -> Md5Password.hash(startup.getOrDefault("user", ""), password);
            case Credential.Md5(String hash) -> hash;
            case Credential.Scram scram -> throw cannot(method, ONLY_SCRAM);
            case Credential.Proven proven -> throw cannot(method, ONLY_SCRAM);
            case Credential.Unknown unknown -> throw cannot(method, NOTHING);
        };
    }

    private void awaitReady() throws IOException, LoginException {
        while (true) {
            Message message = next();
            MessageReader reader = message.reader();
            switch (message.tag()) {
                case BackendTag.PARAMETER_STATUS -> parameters.put(reader.string(), reader.string());
                case BackendTag.BACKEND_KEY_DATA -> {
                    int processId = reader.int32();
                    LoginAllowance.secret(reader.remaining());
                    key = new ServerConnection.KeyData(processId, reader.bytes(reader.remaining()));
                }
                case BackendTag.READY_FOR_QUERY -> {
                    return;
                }
                default -> throw unexpected(message);
            }
        }
    }

    private Message expect(byte tag) throws IOException, LoginException {
        Message message = next();
        if (message.tag() != tag) {
            throw unexpected(message);
        }
        return message;
    }

    /** The next message of the login. An error ends the login. Messages that are not part of it are skipped. */
    private Message next() throws IOException, LoginException {
        while (true) {
            Message message = read();
            switch (message.tag()) {
                case BackendTag.ERROR_RESPONSE -> throw refused(message);
                case BackendTag.NOTICE_RESPONSE, BackendTag.NEGOTIATE_PROTOCOL_VERSION -> {}
                default -> {
                    return message;
                }
            }
        }
    }

    private Message read() throws IOException {
        need(5);
        int length = inbox.intAt(1);
        byte tag = inbox.byteAt(0);
        allowance.take(tag, length);
        need(1 + length);
        byte[] body = new byte[length - 4];
        System.arraycopy(inbox.array(), inbox.arrayOffset(5), body, 0, body.length);
        inbox.consume(1 + length);
        return new Message(tag, body);
    }

    private void need(int count) throws IOException {
        if (!inbox.await(count)) {
            throw new EOFException("the server closed the connection at login");
        }
    }

    private LoginException refused(Message message) {
        ErrorResponse error = ErrorResponse.decode(message.body(), 0, message.body().length);
        byte[] whole = new byte[message.body().length + 5];
        System.arraycopy(message.body(), 0, whole, 5, message.body().length);
        whole[0] = BackendTag.ERROR_RESPONSE;
        ByteBuffer.wrap(whole).putInt(1, message.body().length + 4);
        return new LoginException(
                "backend " + backend.address() + " refused the login: " + error.message(), error, whole);
    }

    private LoginException cannot(String method, String why) {
        return failed(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "asks user \"" + startup.getOrDefault("user", "") + "\" for " + method + ", but " + why);
    }

    private LoginException failed(String sqlState, String what) {
        String text = "backend " + backend.address() + " " + what;
        return new LoginException(text, ErrorResponse.fatal(sqlState, text));
    }

    private static ProtocolException unexpected(Message message) {
        return new ProtocolException("unexpected message type 0x%02x".formatted(message.tag()));
    }

    private static String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

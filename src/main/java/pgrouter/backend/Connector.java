package pgrouter.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.MessageWriter;
import pgrouter.net.TaskScope;
import pgrouter.net.Wire;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.SqlState;
import pgrouter.tls.TlsClient;

/** Opens server connections. Runs on the thread that calls it. A child task with a deadline does the waiting. */
public final class Connector {
    /** The interval in which it is checked whether a connection is still wanted, in milliseconds. */
    private static final long NOTICE = 20;

    /** One for each present or former TLS configuration of a backend: sessions have backends of configurations that were replaced. */
    private final Map<BackendTls, TlsClient> tls = new ConcurrentHashMap<>();

    private final UnansweredLogins unanswered = new UnansweredLogins(System::nanoTime);

    /** Backends that have not answered a login lately, and that a session can do without. */
    public Set<Address> unanswering() {
        return unanswered.now();
    }

    /** Sets the TLS clients for new connections to backends with these configurations. */
    public void secureWith(Map<BackendTls, TlsClient> clients) {
        tls.putAll(clients);
    }

    /**
     * Dials, starts up and authenticates, within the backend's timeout.
     *
     * @param carrier the carrier on which the connection is to live
     * @param parameters of the StartupMessage, the user among them
     * @param credential the credential that is known of the user
     * @throws LoginException where the backend cannot be reached (08006), does not answer in time (08006), refuses,
     *     or asks for what the credential cannot give (28000)
     */
    public ServerConnection open(
            Backend backend, Carrier carrier, Map<String, String> parameters, Credential credential)
            throws LoginException, InterruptedException {
        return open(backend, carrier, parameters, credential, () -> true, connection -> {});
    }

    /**
     * The same with reports of the progress.
     *
     * @param progress is told when the backend is connected to, and again when that is encrypted; on another thread
     */
    public ServerConnection open(
            Backend backend,
            Carrier carrier,
            Map<String, String> parameters,
            Credential credential,
            Consumer<Reached> progress)
            throws LoginException, InterruptedException {
        return open(
                backend,
                carrier,
                parameters,
                credential,
                () -> true,
                wire -> progress.accept(Reached.through(wire)),
                connection -> {});
    }

    /**
     * The same for a connection that may become unwanted meanwhile.
     *
     * @param wanted whether the connection is still wanted; asked now and then, on the thread that calls
     * @param first the first use of the connection, within the same time; on another thread
     */
    public ServerConnection open(
            Backend backend,
            Carrier carrier,
            Map<String, String> parameters,
            Credential credential,
            BooleanSupplier wanted,
            First first)
            throws LoginException, InterruptedException {
        return open(backend, carrier, parameters, credential, wanted, wire -> {}, first);
    }

    /** Uses a connection that has just been opened. */
    public interface First {
        void use(ServerConnection connection) throws IOException;
    }

    private ServerConnection open(
            Backend backend,
            Carrier carrier,
            Map<String, String> parameters,
            Credential credential,
            BooleanSupplier wanted,
            Consumer<Wire> progress,
            First first)
            throws LoginException, InterruptedException {
        Opening<ServerConnection> opening = new Opening<>(ServerConnection::terminate);
        try (TaskScope scope = new TaskScope("login")) {
            Future<ServerConnection> connection =
                    opening.with(scope.fork(() -> openNow(backend, carrier, parameters, credential, progress, first)));
            ServerConnection opened = await(connection, backend, wanted);
            unanswered.remove(backend.address());
            return opened;
        } catch (LoginException e) {
            opening.abandon();
            note(backend, e);
            throw e;
        } catch (InterruptedException e) {
            opening.abandon();
            throw e;
        }
    }

    private void note(Backend backend, LoginException failure) {
        if (failure.getCause() instanceof TimeoutException) {
            unanswered.add(backend.address());
        } else if (failure.isRefusal()) {
            unanswered.remove(backend.address());
        }
    }

    /** Sends a CancelRequest with this key to a backend, within its timeout. There is no reply. */
    public void cancel(Backend backend, ServerConnection.KeyData key) throws LoginException, InterruptedException {
        try (TaskScope scope = new TaskScope("cancel")) {
            await(scope.fork(() -> cancelNow(backend, key)), backend, () -> true);
        }
    }

    private boolean cancelNow(Backend backend, ServerConnection.KeyData key) throws IOException {
        try (Wire wire = dial(backend, Carrier.JDK, made -> {}).wire()) {
            wire.write(ByteBuffer.wrap(FrontendMessage.cancelRequest(key.processId(), key.secret())));
            return wire.read(ByteBuffer.allocate(1)) < 0;
        }
    }

    private static <T> T await(Future<T> result, Backend backend, BooleanSupplier wanted)
            throws LoginException, InterruptedException {
        long timeout = backend.timeout().toMillis();
        long deadline = System.nanoTime() + backend.timeout().toNanos();
        try {
            while (true) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                try {
                    return result.get(Math.min(NOTICE, left), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (left <= NOTICE) {
                        throw unreachable(backend, "no answer within " + timeout + " ms", e);
                    }
                    if (!wanted.getAsBoolean()) {
                        throw unreachable(backend, "it is not needed any more", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoginException refused) {
                throw refused;
            }
            throw unreachable(backend, reason(e.getCause()), e.getCause());
        }
    }

    private ServerConnection openNow(
            Backend backend,
            Carrier carrier,
            Map<String, String> parameters,
            Credential credential,
            Consumer<Wire> progress,
            First first)
            throws IOException, LoginException {
        long begunAt = System.nanoTime();
        Transport transport = dial(backend, carrier, progress);
        Wire wire = transport.wire();
        try {
            Inbox inbox = new Inbox(wire, carrier);
            MessageWriter outbox = new MessageWriter(wire);
            Login login = new Login(backend, transport.endPoint(), inbox, outbox, parameters, credential);
            ServerConnection connection =
                    new ServerConnection(backend, carrier, wire, inbox, outbox, login.run(), begunAt);
            first.use(connection);
            return connection;
        } catch (IOException | LoginException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    private Transport dial(Backend backend, Carrier carrier, Consumer<Wire> progress) throws IOException {
        if (backend.tls().isOff()) {
            return Transport.open(backend, carrier, Optional.empty(), progress);
        }
        TlsClient client = tls.get(backend.tls());
        if (client == null) {
            throw new IOException("its certificates are not loaded");
        }
        return Transport.open(backend, carrier, Optional.of(client), progress);
    }

    private static LoginException unreachable(Backend backend, String reason, Throwable cause) {
        String text = "could not connect to backend " + backend.address() + ": " + reason;
        return new LoginException(text, ErrorResponse.fatal(SqlState.CONNECTION_FAILURE, text), cause);
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}

package pgrouter.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import pgrouter.backend.LoginException;
import pgrouter.backend.Opening;
import pgrouter.backend.Pipe;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.log.Log;
import pgrouter.net.TaskScope;
import pgrouter.protocol.SqlState;
import pgrouter.routing.ReadPosition;

/**
 * The pipes of one session: a writer for its whole life, a reader while a standby is suitable. Used by the client thread; only
 * {@link #pipeAtWork} is asked by others.
 */
final class Pipes implements CancelRegistry.Target, AutoCloseable {
    private static final Log LOG = Log.of("session");

    /** How long a standby that has refused the login of this session is left alone. */
    private static final Duration AVOIDED = Duration.ofSeconds(10);

    private final Services services;
    private final Session.Login login;
    private final Reported reported;
    private final ReplyRelay.Audience audience;
    private final Statements statements = new Statements();
    private final PipeRelay writer;
    private Optional<PipeRelay> reader;
    private final Map<Address, Long> avoidedSince = new HashMap<>();
    private volatile Optional<PipeRelay> atWork = Optional.empty();

    private Pipes(Services services, Session.Login login, ClientEnd client, Pipe writer, Optional<Pipe> reader) {
        this.services = services;
        this.login = login;
        this.reported = new Reported(writer.parameters());
        this.audience = new ReplyRelay.Audience(client, reported, services.writes());
        this.writer = relay(writer, true);
        this.reader = reader.map(pipe -> relay(pipe, false));
    }

    /**
     * Opens writer and reader at the same time.
     *
     * @throws SessionException where there is no writer: the reader alone is not waited for
     */
    static Pipes open(Services services, Session.Login login, ClientEnd client)
            throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        Node primary = view.primary().orElseThrow(Pipes::noPrimary);
        Optional<Node> standby = services.router().reader(Optional.empty(), ReadPosition.ANY, view);
        Opening reader = new Opening();
        try (TaskScope scope = new TaskScope(login.name())) {
            Future<Pipe> writer = scope.fork(() -> dial(services, login, primary));
            Optional<Future<Pipe>> opening =
                    standby.map(node -> reader.with(scope.fork(() -> dial(services, login, node))));
            Pipe opened = await(writer);
            Pipes pipes = new Pipes(services, login, client, opened, opening.flatMap(Pipes::awaitReader));
            standby.filter(node -> pipes.reader.isEmpty()).ifPresent(pipes::avoid);
            return pipes;
        } catch (SessionException | InterruptedException | RuntimeException e) {
            reader.abandon();
            throw e;
        }
    }

    /** A pipe to the primary for a connection that is no session: replication. */
    static Pipe openPrimary(Services services, Session.Login login) throws SessionException, InterruptedException {
        Node primary = services.cluster().view().primary().orElseThrow(Pipes::noPrimary);
        try {
            return dial(services, login, primary);
        } catch (LoginException refused) {
            throw SessionException.quoting(refused.getMessage(), refused.message());
        }
    }

    private static SessionException noPrimary() {
        return SessionException.fatal(
                SqlState.CANNOT_CONNECT_NOW,
                "pgrouter knows no primary at the moment: no backend answers as one; its log says why");
    }

    private static Pipe dial(Services services, Session.Login login, Node node)
            throws LoginException, InterruptedException {
        return services.connector().open(node.backend(), login.parameters(), login.credential());
    }

    private static Pipe await(Future<Pipe> writer) throws SessionException, InterruptedException {
        try {
            return writer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoginException refused) {
                throw SessionException.quoting(refused.getMessage(), refused.message());
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A standby that does not take the login leaves the session with its writer: it is never the client's error. */
    private static Optional<Pipe> awaitReader(Future<Pipe> reader) {
        try {
            return Optional.of(reader.get());
        } catch (ExecutionException e) {
            LOG.info("no reader for a session: " + e.getCause().getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Begins to listen to the backends. */
    void start() {
        writer.start(login.name() + "-writer");
        reader.ifPresent(relay -> relay.start(login.name() + "-reader"));
    }

    Statements statements() {
        return statements;
    }

    PipeRelay writer() {
        return writer;
    }

    /**
     * The pipe to a standby that is suitable and far enough: the present one, else a new one to another node.
     *
     * @param without nodes that have failed this request already
     */
    Optional<PipeRelay> reader(ReadPosition position, Set<Address> without) throws InterruptedException {
        ClusterView view = services.cluster().view();
        Set<Address> failed = new HashSet<>(without);
        failed.addAll(avoided());
        while (true) {
            Optional<Node> present = present(view);
            Optional<Node> chosen = services.router().reader(present, position, view.without(failed));
            if (chosen.isEmpty()) {
                return Optional.empty();
            }
            if (reader.isPresent() && chosen.get().backend().address().equals(address(reader.get()))) {
                return reader;
            }
            dropReader();
            reader = replacement(chosen.get());
            if (reader.isPresent()) {
                return reader;
            }
            avoid(chosen.get());
            failed.add(chosen.get().backend().address());
        }
    }

    /** What is known of the standby that the session reads from at present. */
    Optional<Node> present(ClusterView view) {
        return reader.flatMap(relay -> view.node(address(relay)));
    }

    /** A standby that has refused this session's login is not asked again with every request. */
    private void avoid(Node node) {
        avoidedSince.put(node.backend().address(), System.nanoTime());
    }

    private Set<Address> avoided() {
        if (!avoidedSince.isEmpty()) {
            long now = System.nanoTime();
            avoidedSince.values().removeIf(since -> now - since > AVOIDED.toNanos());
        }
        return avoidedSince.keySet();
    }

    private Optional<PipeRelay> replacement(Node node) throws InterruptedException {
        try {
            PipeRelay relay = relay(dial(services, login, node), false);
            relay.start(login.name() + "-reader");
            return Optional.of(relay);
        } catch (LoginException e) {
            LOG.info("no reader for a session: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The present reader is of no use any more. */
    void dropReader() {
        reader.ifPresent(relay -> {
            statements.forget(relay.statements());
            relay.terminate();
        });
        reader = Optional.empty();
    }

    void working(PipeRelay relay) {
        atWork = Optional.of(relay);
    }

    void resting() {
        atWork = Optional.empty();
    }

    @Override
    public Optional<Pipe> pipeAtWork() {
        return atWork.map(PipeRelay::pipe);
    }

    @Override
    public void close() {
        dropReader();
        writer.terminate();
    }

    private PipeRelay relay(Pipe pipe, boolean isWriter) {
        return new PipeRelay(pipe, statements.onNewPipe(), audience, isWriter);
    }

    static Address address(PipeRelay relay) {
        return relay.pipe().backend().address();
    }

    /** What the server has said of how texts are to be read. */
    Reported reported() {
        return reported;
    }

    /** Whether this is the session's pipe to the primary. */
    boolean isWriter(PipeRelay relay) {
        return relay == writer;
    }
}

package pgrouter.session;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import pgrouter.backend.LoginException;
import pgrouter.backend.Opening;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.backend.SharedParameters;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientWatch;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.exchange.PipeRelay;
import pgrouter.exchange.ReplyRelay;
import pgrouter.exchange.SessionEnd;
import pgrouter.log.Log;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.TaskScope;
import pgrouter.protocol.SqlState;
import pgrouter.request.Reported;
import pgrouter.request.Statements;
import pgrouter.routing.ReadPosition;
import pgrouter.state.Bond;

/**
 * The pipes of one session: a writer to the present primary, and a reader while a standby is suitable. Either is replaced by
 * another when its node is not what it was. Used by the client thread; only {@link #pipeAtWork} is asked by others.
 */
final class Pipes implements CancelRegistry.Target, AutoCloseable {
    private static final Log LOG = Log.of("session");

    /** How long a standby that has refused the login of this session is left alone. */
    private static final Duration AVOIDED = Duration.ofSeconds(10);

    /** When a standby has come back, the sessions choose anew at some time within this one, so that not all come at once. */
    private static final Duration RETURN = Duration.ofSeconds(5);

    /** The newest version of PostgreSQL that does not say at login whether it is a standby. */
    private static final int LAST_TO_BE_ASKED = 13;

    private final Services services;
    private final Session.Login login;
    private final ClientEnd client;
    private final ClientWatch watch;
    private final Reported reported;
    private final ReplyRelay.Audience audience;
    private final Bond bond = new Bond();
    private final SessionEnd sessionEnd = new SessionEnd(bond);
    private final Map<String, String> greeting;
    private final int processId;
    private final Statements statements;
    private final OwnStandby ownStandby = new OwnStandby(System::nanoTime);
    private Optional<PipeRelay> writer;
    private Optional<PipeRelay> reader;
    private final Map<Address, Long> avoidedSince = new HashMap<>();
    private long chosenFrom;
    private long choosesAgainAt;

    /** Null while no request is under way. */
    private volatile PipeRelay atWork;

    private Pipes(
            Services services, Session.Login login, ClientWatch watch, Optional<Pipe> writer, Optional<Pipe> reader) {
        Pipe first = writer.or(() -> reader).orElseThrow();
        this.services = services;
        this.login = login;
        this.watch = watch;
        this.client = watch.client();
        this.statements = new Statements(services.sessions().memory().begin());
        this.greeting = asPrimary(first.parameters());
        this.processId = first.key().processId();
        this.reported = new Reported(greeting);
        this.audience = new ReplyRelay.Audience(
                client,
                watch,
                reported,
                services.writes(),
                services.clock()::hurry,
                services.uptime(),
                bond,
                sessionEnd,
                services.warmPipes());
        this.writer = writer.map(pipe -> relay(pipe, true));
        this.reader = reader.map(pipe -> relay(pipe, false));
        sessionEnd.restsOn(this.writer.or(() -> this.reader).orElseThrow());
        this.chosenFrom = services.cluster().view().readersVersion();
    }

    /** What a session is told at its start, be there a primary at that time or not: it can write. */
    private static Map<String, String> asPrimary(Map<String, String> parameters) {
        Map<String, String> told = new HashMap<>(parameters);
        told.computeIfPresent("in_hot_standby", (name, value) -> "off");
        return SharedParameters.of(told);
    }

    /**
     * Opens writer and reader at the same time; while there is no primary, the reader alone. Where there is neither, waits for one.
     *
     * @throws SessionException where a backend refuses, or none was there in time
     */
    static Pipes open(Services services, Session.Login login, ClientWatch watch)
            throws SessionException, InterruptedException {
        Patience patience = new Patience(services, true);
        while (true) {
            ClusterView view = services.cluster().view();
            Optional<Node> standby = services.router()
                    .reader(Optional.empty(), ReadPosition.ANY, view.without(unanswering(services, view)));
            try {
                if (view.primary().isPresent()) {
                    return openBoth(services, login, watch, view.primary().get(), standby);
                }
                if (standby.isPresent()) {
                    Pipe reader = dial(services, login, standby.get());
                    return new Pipes(services, login, watch, Optional.empty(), Optional.of(reader));
                }
            } catch (LoginException e) {
                patience.failed(e);
            }
            patience.rest(view);
        }
    }

    /** A standby that answers no logins is not waited for by each client, as long as there is a primary. */
    private static Set<Address> unanswering(Services services, ClusterView view) {
        return view.primary().isPresent() ? services.connector().unanswering() : Set.of();
    }

    private static Pipes openBoth(
            Services services, Session.Login login, ClientWatch watch, Node primary, Optional<Node> standby)
            throws LoginException, InterruptedException {
        Optional<Pipe> warmWriter = warm(services, login, primary);
        Optional<Pipe> warmReader = standby.flatMap(node -> warm(services, login, node));
        if (warmWriter.isPresent() && warmReader.isPresent() == standby.isPresent()) {
            return new Pipes(services, login, watch, warmWriter, warmReader);
        }
        Opening reader = new Opening();
        try (TaskScope scope = new TaskScope(login.name())) {
            Future<Pipe> writer =
                    scope.fork(() -> warmWriter.isPresent() ? warmWriter.get() : dialPrimary(services, login, primary));
            Optional<Future<Pipe>> opening = standby.map(node -> reader.with(
                    scope.fork(() -> warmReader.isPresent() ? warmReader.get() : dial(services, login, node))));
            Pipe opened = await(writer);
            Pipes pipes = new Pipes(services, login, watch, Optional.of(opened), opening.flatMap(Pipes::awaitReader));
            standby.filter(node -> pipes.reader.isEmpty()).ifPresent(pipes::avoid);
            return pipes;
        } catch (LoginException | InterruptedException | RuntimeException e) {
            warmWriter.ifPresent(Pipe::terminate);
            reader.abandon();
            throw e;
        }
    }

    /** A pipe to the primary for a connection that is no session: replication. */
    static Pipe openPrimary(Services services, Session.Login login) throws SessionException, InterruptedException {
        Patience patience = new Patience(services, true);
        while (true) {
            ClusterView view = services.cluster().view();
            try {
                if (view.primary().isPresent()) {
                    return dialPrimary(services, login, view.primary().get());
                }
            } catch (LoginException e) {
                patience.failed(e);
            }
            patience.rest(view);
        }
    }

    /** Waits for a primary, as long as the configuration allows. */
    private static final class Patience {
        /** A node that does not take logins for now is asked again after this time. */
        private static final Duration AGAIN = Duration.ofMillis(50);

        /** Whoever waits says so from time to time. */
        private static final Duration REMINDER = Duration.ofSeconds(1);

        private final Services services;
        private final boolean first;
        private final long deadline;
        private Optional<LoginException> last = Optional.empty();

        /** @param first whether the client is not logged in yet: it is not waited with where pgrouter ends, nor for room */
        Patience(Services services, boolean first) {
            this.services = services;
            this.first = first;
            this.deadline =
                    System.nanoTime() + services.rules().limits().failover().toNanos();
        }

        /** A login has failed: what does not look like a failover is the client's to know. */
        void failed(LoginException e) throws SessionException {
            String sqlState = e.error().sqlState();
            boolean passes = sqlState.equals(SqlState.CONNECTION_FAILURE)
                    || SqlState.isServerLeaving(sqlState)
                    || (!first && sqlState.equals(SqlState.TOO_MANY_CONNECTIONS));
            if (!passes) {
                throw SessionException.quoting(e.getMessage(), e.message());
            }
            last = Optional.of(e);
        }

        /** Before the next attempt. */
        void rest(ClusterView tried) throws SessionException, InterruptedException {
            if (!awaitsNews(tried)) {
                throw last.map(e -> SessionException.quoting(e.getMessage(), e.message()))
                        .orElseGet(() -> SessionException.fatal(SqlState.CANNOT_CONNECT_NOW, missing()));
            }
        }

        /** @return false where the time is over */
        boolean awaitsNews(ClusterView tried) throws InterruptedException {
            long left = deadline - System.nanoTime();
            if (left <= 0 || (first && services.sessions().isEnding())) {
                return false;
            }
            services.clock().hurry();
            Duration slice = tried.primary().isPresent() ? AGAIN : REMINDER;
            Optional<Address> before = address(tried);
            services.cluster()
                    .await(
                            view -> view.primary().isPresent() && !address(view).equals(before),
                            left < slice.toNanos() ? Duration.ofNanos(left) : slice);
            return true;
        }

        private static Optional<Address> address(ClusterView view) {
            return view.primary().map(node -> node.backend().address());
        }

        String missing() {
            return "no backend answers as primary"
                    + last.map(e -> "; the last one that did: " + e.getMessage())
                            .orElse("");
        }
    }

    private static Optional<Pipe> warm(Services services, Session.Login login, Node node) {
        return services.warmPipes().take(node, login.warm());
    }

    private static Pipe dial(Services services, Session.Login login, Node node)
            throws LoginException, InterruptedException {
        Optional<Pipe> warm = warm(services, login, node);
        return warm.isPresent()
                ? warm.get()
                : services.connector()
                        .open(
                                node.backend(),
                                login.carrier(),
                                login.parameters(),
                                login.credential(),
                                () -> true,
                                pipe -> services.warmPipes().opened(pipe, login.parameters()));
    }

    /** A pipe to the node as long as it is the primary: one that goes away in between may not answer in a long time. */
    private static Pipe dialPrimary(Services services, Session.Login login, Node node)
            throws LoginException, InterruptedException {
        Optional<Pipe> warm = warm(services, login, node);
        return warm.isPresent() ? warm.get() : dialedPrimary(services, login, node);
    }

    private static Pipe dialedPrimary(Services services, Session.Login login, Node node)
            throws LoginException, InterruptedException {
        Address address = node.backend().address();
        AtomicBoolean standby = new AtomicBoolean();
        Pipe pipe = services.connector()
                .open(
                        node.backend(),
                        login.carrier(),
                        login.parameters(),
                        login.credential(),
                        () -> services.cluster()
                                .view()
                                .primary()
                                .filter(now -> !now.backend().address().equals(address))
                                .isEmpty(),
                        opened -> {
                            standby.set(isStandby(opened));
                            services.warmPipes().opened(opened, login.parameters());
                        });
        if (standby.get()) {
            pipe.terminate();
            throw LoginException.standby(node.backend());
        }
        return pipe;
    }

    /** PostgreSQL 14 and newer say what they are at login, an older one is asked, within the time for that. */
    private static boolean isStandby(Pipe pipe) {
        String inStandby = pipe.parameters().get("in_hot_standby");
        if (inStandby != null || pipe.majorVersion() != LAST_TO_BE_ASKED) {
            return "on".equals(inStandby);
        }
        try {
            return OwnQuery.firstRow(pipe, "SELECT pg_catalog.pg_is_in_recovery()")
                    .getFirst()
                    .equals(Optional.of("t"));
        } catch (IOException | QueryException e) {
            LOG.debug(() -> "a new primary did not say what it is: " + e.getMessage());
            return true;
        }
    }

    private static Pipe await(Future<Pipe> opening) throws LoginException, InterruptedException {
        try {
            return opening.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoginException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A standby that does not take the login leaves the session with its writer: it is never the client's error. */
    private static Optional<Pipe> awaitReader(Future<Pipe> reader) {
        try {
            return Optional.of(reader.get());
        } catch (ExecutionException e) {
            LOG.info("has no standby: " + e.getCause().getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Begins to listen to the backends. */
    void start() {
        writer.ifPresent(this::begin);
        reader.ifPresent(this::begin);
    }

    private void begin(PipeRelay relay) {
        services.openPipes().add(relay);
        relay.start();
    }

    private void end(PipeRelay relay) {
        services.openPipes().remove(relay);
        statements.forget(relay.statements());
        if (relay.isLeftAtWork()) {
            abandon(relay);
        } else {
            relay.terminate();
        }
    }

    /** Who leaves does not wait until the server has heard of it. */
    private void abandon(PipeRelay relay) {
        relay.leave();
        login.carrier().start(login.name() + "-cancel", () -> {
            try {
                Desertion.abandon(services.connector(), relay);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /**
     * From now on the client is watched while a server is awaited.
     *
     * @param kept how many bytes of its inbox are the present request's
     */
    void watch(IntSupplier kept) {
        watch.over(
                kept,
                new Desertion(
                        services.connector(), this, client, services.openPipes().grace()));
    }

    /** Whether the client has left, as far as can be seen without waiting. */
    boolean areDeserted() {
        return watch.hasLeft();
    }

    /** The client has left, and what it had on the servers can be undone: the pipes are for the next session of the same login. */
    void handOver() throws InterruptedException {
        if (services.rules().pool().size() > 0) {
            reader = remaining(reader, Role.STANDBY);
            writer = remaining(writer, Role.PRIMARY);
        }
    }

    /** @return the pipe where it cannot be handed over */
    private Optional<PipeRelay> remaining(Optional<PipeRelay> relay, Role role) throws InterruptedException {
        if (relay.isEmpty()
                || !services.warmPipes().accepts(relay.get().pipe())
                || !relay.get().retire(login.warm())) {
            return relay;
        }
        services.openPipes().remove(relay.get());
        services.warmPipes().keep(relay.get().pipe(), login.warm(), role);
        return Optional.empty();
    }

    /** Who has logged in. */
    String loginUser() {
        return login.name();
    }

    /** The pipe to the primary where there is one, else that to a standby. */
    Optional<PipeRelay> first() {
        return writer.isPresent() ? writer : reader;
    }

    /** When roles, databases or a configuration were changed last. */
    long changedAt() {
        return services.warmPipes().changedAt();
    }

    /** The parameters that the client is told at its start. */
    Map<String, String> greeting() {
        return greeting;
    }

    /** The same for two sessions whose logins say the same of what a name means. */
    long naming() {
        return login.naming();
    }

    /** The process that the client is told to be its own. */
    int processId() {
        return processId;
    }

    ClientEnd client() {
        return client;
    }

    Statements statements() {
        return statements;
    }

    Bond bond() {
        return bond;
    }

    /**
     * The pipe to the present primary; a new one where the one that the session had is of no use any more. Waits while there is no
     * primary.
     *
     * @throws NoPrimaryException when that has lasted too long
     * @throws SessionException where the session cannot go on without the primary that it had, or the primary does not take it
     */
    PipeRelay writer() throws NoPrimaryException, SessionException, InterruptedException {
        sessionEnd.check();
        Optional<PipeRelay> present = presentWriter();
        return present.isPresent() ? present.get() : replacedWriter();
    }

    /** The pipe to the primary where there is one that can be used. */
    Optional<PipeRelay> presentWriter() throws SessionException, InterruptedException {
        return writer.isPresent() && isOfUse(writer.get()) ? writer : Optional.empty();
    }

    /**
     * Where no node is known to be the primary, the one that was still is, as long as it answers. A session that is tied to it waits
     * for it even then: a slow node is not a dead one, and the pipes to one that was replaced are closed.
     */
    private boolean isOfUse(PipeRelay relay) throws SessionException, InterruptedException {
        if (isOver(relay)) {
            return false;
        }
        if (bond.isThere()) {
            return true;
        }
        ClusterView view = services.cluster().view();
        Address address = address(relay);
        return view.primary().isPresent()
                ? view.primary().get().backend().address().equals(address)
                : view.node(address).filter(node -> !node.isSilent()).isPresent();
    }

    /** @throws SessionException where the session ends with the pipe */
    private boolean isOver(PipeRelay relay) throws SessionException, InterruptedException {
        boolean over = relay.isOver();
        if (over) {
            sessionEnd.check();
        }
        return over;
    }

    /** @throws SessionException where a server has ended the session, in words that the client has */
    void checkEnd() throws SessionException, InterruptedException {
        sessionEnd.check();
    }

    private PipeRelay replacedWriter() throws NoPrimaryException, SessionException, InterruptedException {
        if (writer.isPresent()) {
            if (bond.isThere()) {
                throw bond.broken(address(writer.get()));
            }
            end(writer.get());
            writer = Optional.empty();
        }
        Patience patience = new Patience(services, false);
        while (true) {
            ClusterView view = services.cluster().view();
            try {
                if (view.primary().isPresent()) {
                    PipeRelay relay =
                            relay(dialPrimary(services, login, view.primary().get()), true);
                    writer = Optional.of(relay);
                    begin(relay);
                    return relay;
                }
            } catch (LoginException e) {
                patience.failed(e);
            }
            if (!patience.awaitsNews(view)) {
                throw new NoPrimaryException(patience.missing());
            }
        }
    }

    /**
     * The pipe to a standby that is suitable and far enough: the present one, else a new one to another node.
     *
     * @param without nodes that have failed this request already
     */
    Optional<PipeRelay> reader(ReadPosition position, Set<Address> without)
            throws SessionException, InterruptedException {
        sessionEnd.check();
        ClusterView view = services.cluster().view();
        boolean anew = choosesAgain(view);
        if (!anew && without.isEmpty() && stays(position, view)) {
            return reader;
        }
        Set<Address> failed = leftAlone(view);
        failed.addAll(without);
        while (true) {
            Optional<Node> present = anew ? Optional.empty() : present(view);
            anew = false;
            Optional<Node> chosen = services.router().reader(present, position, view.without(failed));
            if (chosen.isEmpty()) {
                return Optional.empty();
            }
            if (reader.isPresent()
                    && !isOver(reader.get())
                    && chosen.get().backend().address().equals(address(reader.get()))) {
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

    /** Whether the session reads on where it did. */
    private boolean stays(ReadPosition position, ClusterView view) throws SessionException, InterruptedException {
        Optional<Node> node = ownStandby(view);
        return node.isPresent() && position.isReachedBy(node.get());
    }

    /** The standby that the session can go on to read from. */
    Optional<Node> ownStandby(ClusterView view) throws SessionException, InterruptedException {
        return reader.isEmpty() || isOver(reader.get())
                ? Optional.empty()
                : present(view).filter(Node::isSuitableReader);
    }

    /** What the session may choose a reader from, for a read that needs this position. */
    ClusterView choice(Optional<Node> own, ReadPosition needed, ClusterView view) {
        return ownStandby.choice(own, needed, view);
    }

    /** Whether there are other standbys to choose from than there were, and this session's time to choose has come. */
    private boolean choosesAgain(ClusterView view) {
        if (view.readersVersion() == chosenFrom) {
            return false;
        }
        long now = System.nanoTime();
        if (reader.isPresent() && choosesAgainAt == 0) {
            choosesAgainAt = now + ThreadLocalRandom.current().nextLong(RETURN.toNanos());
        }
        if (reader.isPresent() && now - choosesAgainAt < 0) {
            return false;
        }
        chosenFrom = view.readersVersion();
        choosesAgainAt = 0;
        return true;
    }

    /** What is known of the standby that the session reads from at present. */
    private Optional<Node> present(ClusterView view) {
        return reader.isEmpty() ? Optional.empty() : view.node(address(reader.get()));
    }

    /** A standby that has refused this session's login is not asked again with every request. */
    private void avoid(Node node) {
        avoidedSince.put(node.backend().address(), System.nanoTime());
    }

    /** Nodes at which a login would hardly succeed; not that of a pipe that is there. */
    private Set<Address> leftAlone(ClusterView view) {
        Set<Address> nodes = new HashSet<>(unanswering(services, view));
        reader.filter(relay -> !relay.hasEnded()).ifPresent(relay -> nodes.remove(address(relay)));
        nodes.addAll(avoided());
        return nodes;
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
            begin(relay);
            return Optional.of(relay);
        } catch (LoginException e) {
            LOG.info("no reader for a session: " + e.getMessage());
            services.clock().hurry();
            return Optional.empty();
        }
    }

    /** The present reader is of no use any more. */
    void dropReader() {
        reader.ifPresent(this::end);
        reader = Optional.empty();
    }

    void working(PipeRelay relay) {
        atWork = relay;
    }

    void resting() {
        PipeRelay worked = atWork;
        if (worked != null) {
            sessionEnd.restsOn(worked);
        }
        atWork = null;
    }

    /** The one that a request is under way on, or null. Any thread. */
    PipeRelay atWork() {
        return atWork;
    }

    @Override
    public Optional<Pipe> pipeAtWork() {
        return Optional.ofNullable(atWork).map(PipeRelay::pipe);
    }

    @Override
    public void close() {
        dropReader();
        writer.ifPresent(this::end);
        statements.memory().end();
    }

    private PipeRelay relay(Pipe pipe, boolean isWriter) {
        BackendCounters counters =
                services.metrics().backend(pipe.backend().address().toString());
        return new PipeRelay(pipe, statements.onNewPipe(), audience, counters, login.client(), isWriter);
    }

    static Address address(PipeRelay relay) {
        return relay.pipe().backend().address();
    }

    /** Whether SQL that takes away this statement of the session finds it on the writer, and not on the reader. */
    boolean isOnlyAtWriter(String statement) {
        boolean atReader = reader.filter(relay -> relay.hasStatement(statement)).isPresent();
        return !atReader
                && writer.filter(relay -> relay.hasStatement(statement)).isPresent();
    }

    /** What the server has said of how texts are to be read. */
    Reported reported() {
        return reported;
    }
}

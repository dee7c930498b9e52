package pgrouter.health;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.Reached;
import pgrouter.backend.ServerConnection;
import pgrouter.cluster.AsynchronousCommits.Logins;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.Carrier;
import pgrouter.net.TaskScope;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * Asks one backend for its role and position, or for its position only. The connection stays open between queries. A
 * failure closes it, and the next query opens a new one. One thread at a time; interrupting it ends the probe.
 */
final class Probe implements AutoCloseable {
    private static final String WHERE = """
            SELECT pg_is_in_recovery(), \
            CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END, \
            CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_insert_lsn() END, \
            CASE WHEN NOT pg_is_in_recovery() THEN current_setting('synchronous_commit') = 'off' END""";

    /** The question for the position is asked often, and planning it takes longer than executing it. */
    private static final String EXECUTE = "EXECUTE pgrouter_where";

    private static final String PREPARE = "PREPARE pgrouter_where AS " + WHERE + "; " + EXECUTE;

    /**
     * Whether a login may get a {@code synchronous_commit} that waits for no flush, whoever it is: off, by any of its
     * names. A lock on the catalog must not block the probes of the node.
     */
    private static final String LOGINS = """
            SET LOCAL lock_timeout = '100ms'; \
            SELECT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting, unnest(setconfig) AS setting \
            WHERE lower(setting) LIKE 'synchronous_commit=%' AND split_part(lower(setting), '=', 2) \
            NOT IN ('on', 'local', 'remote_write', 'remote_apply', 'true', 'yes', '1'))""";

    /**
     * The timeline of a standby is the one that it streams. Where it streams none, or the role may not see that (it
     * is no member of {@code pg_monitor}), it is the one of the last restart point or of the last page that was
     * written since, which may be late.
     */
    private static final String WHAT = WHERE + """
            , CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END, \
            CASE WHEN pg_is_in_recovery() THEN \
            coalesce((SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming'), \
            (SELECT greatest(timeline_id, min_recovery_end_timeline) FROM pg_control_checkpoint(), pg_control_recovery())) \
            END""";

    private static final String SYSTEM = "SELECT system_identifier FROM pg_control_system()";

    private final Connector connector;
    private final Carrier carrier;
    private final Health health;
    private final Backend backend;
    private final Consumer<Reached> progress;
    private Optional<ServerConnection> connection = Optional.empty();

    /** Whether the question for the position is prepared on the present connection. */
    private boolean prepared;

    /** The system identifier of the server at the other end of the present connection; empty where the role may not see it. */
    private String system = "";

    /** The reason why the last query has no answer. */
    private Optional<Throwable> trouble = Optional.empty();

    Probe(Connector connector, Carrier carrier, Health health, Backend backend) {
        this(connector, carrier, health, backend, reached -> {});
    }

    /**
     * @param carrier the carrier of the connection, and preferably of the asking thread
     * @param progress is told of the progress of each new connection, on another thread
     */
    Probe(Connector connector, Carrier carrier, Health health, Backend backend, Consumer<Reached> progress) {
        this.connector = connector;
        this.carrier = carrier;
        this.health = health;
        this.backend = backend;
        this.progress = progress;
    }

    Backend backend() {
        return backend;
    }

    /** Asks for role and position. Returns the change of the view, within the backend's timeout. */
    UnaryOperator<ClusterView> what() {
        return askInTime(this::whatNow);
    }

    /** Asks for the position. Returns the change of the view. */
    UnaryOperator<ClusterView> where() {
        return askInTime(this::whereNow);
    }

    /** The reason why the last query was not answered; empty where it was. */
    Optional<Throwable> trouble() {
        return trouble;
    }

    /** The version that the server reported at login; empty where there is no login. */
    Optional<String> version() {
        return connection.map(open -> open.parameters().get("server_version"));
    }

    /** Asks a logged-in node for one more row, within the backend's timeout; empty where there is no answer. */
    Optional<List<Optional<String>>> row(String sql) throws InterruptedException {
        if (connection.isEmpty()) {
            return Optional.empty();
        }
        ServerConnection open = connection.get();
        try {
            return Optional.of(inTime(() -> OwnQuery.firstRow(open, sql)));
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof QueryException)) {
                close();
            }
            return Optional.empty();
        } catch (TimeoutException late) {
            close();
            return Optional.empty();
        }
    }

    private interface Question {
        UnaryOperator<ClusterView> ask() throws IOException, QueryException, LoginException, InterruptedException;
    }

    private UnaryOperator<ClusterView> askInTime(Question question) {
        try {
            return inTime(() -> answered(question));
        } catch (TimeoutException e) {
            trouble = Optional.of(e);
            return failed(node ->
                    node.unanswering("no answer within " + backend.timeout().toMillis() + " ms"));
        } catch (ExecutionException e) {
            trouble = Optional.of(e.getCause());
            return failed(node -> node.unusable(State.FAILED, "the probe failed: " + e.getCause()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return view -> view;
        }
    }

    private <T> T inTime(Callable<T> task) throws ExecutionException, TimeoutException, InterruptedException {
        try (TaskScope scope = new TaskScope("probe-" + backend.address())) {
            return scope.fork(task).get(backend.timeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Tries a new connection at once where the old one has ended since its last use: that says nothing about the server. */
    private UnaryOperator<ClusterView> answered(Question question) throws InterruptedException {
        boolean used = connection.isPresent();
        Optional<UnaryOperator<ClusterView>> first = attempt(question, used);
        return first.isPresent() ? first.get() : attempt(question, false).orElseThrow();
    }

    /** @return empty where it failed and should be tried again */
    private Optional<UnaryOperator<ClusterView>> attempt(Question question, boolean again) throws InterruptedException {
        try {
            trouble = Optional.empty();
            return Optional.of(question.ask());
        } catch (LoginException e) {
            trouble = Optional.of(e);
            return Optional.of(failed(e.error(), e.getMessage()));
        } catch (QueryException e) {
            trouble = Optional.of(e);
            close();
            return again ? Optional.empty() : Optional.of(failed(e.error(), e.getMessage()));
        } catch (IOException e) {
            trouble = Optional.of(e);
            close();
            return again
                    ? Optional.empty()
                    : Optional.of(failed(node -> node.unusable(State.FAILED, "connection lost: " + e.getMessage())));
        }
    }

    private UnaryOperator<ClusterView> failed(ErrorResponse error, String reason) {
        State state = error.sqlState().equals(SqlState.CANNOT_CONNECT_NOW) ? State.STARTING : State.FAILED;
        return failed(node -> node.unusable(state, reason));
    }

    private UnaryOperator<ClusterView> failed(UnaryOperator<Node> how) {
        return view -> view.failed(backend.address(), how);
    }

    private ServerConnection connected() throws LoginException, IOException, InterruptedException {
        if (connection.isEmpty()) {
            Map<String, String> parameters = Map.of(
                    "user", health.username(), "database", health.database(), "application_name", "pgrouter health");
            connection = Optional.of(
                    connector.open(backend, carrier, parameters, new Credential.Plain(health.password()), progress));
            prepared = false;
            system = system(connection.get());
        }
        return connection.get();
    }

    private static String system(ServerConnection asked) throws IOException {
        try {
            return OwnQuery.firstRow(asked, SYSTEM).getFirst().orElse("");
        } catch (QueryException notAllowed) {
            return "";
        }
    }

    private UnaryOperator<ClusterView> whatNow()
            throws IOException, QueryException, LoginException, InterruptedException {
        ServerConnection open = connected();
        long askedAt = System.nanoTime();
        List<Optional<String>> row = OwnQuery.firstRow(open, WHAT);
        Whereabouts now = Whereabouts.of(row, 6);
        int timeline =
                now.role() == Role.STANDBY ? Whereabouts.timeline(row.get(5)) : Whereabouts.timelineOf(row.get(4));
        Optional<Logins> logins = now.role() == Role.PRIMARY ? logins(open) : Optional.empty();
        Node member = Node.in(now.role(), backend, now.place(timeline, askedAt, logins))
                .of(system);
        return view -> view.with(member);
    }

    /** Empty where they cannot be seen. */
    private static Optional<Logins> logins(ServerConnection open) throws IOException {
        long askedAt = System.nanoTime();
        try {
            boolean none = OwnQuery.firstRow(open, LOGINS).equals(List.of(Optional.of("f")));
            return Optional.of(new Logins(!none, askedAt));
        } catch (QueryException unseen) {
            return Optional.empty();
        }
    }

    private UnaryOperator<ClusterView> whereNow()
            throws IOException, QueryException, LoginException, InterruptedException {
        ServerConnection open = connected();
        long askedAt = System.nanoTime();
        Whereabouts now = Whereabouts.of(OwnQuery.firstRow(open, prepared ? EXECUTE : PREPARE), 4);
        prepared = true;
        Node.Place place = now.place(0, askedAt, Optional.empty());
        return view -> now.position().isPresent() ? view.at(backend.address(), now.role(), place) : view;
    }

    @Override
    public void close() {
        connection.ifPresent(ServerConnection::close);
        connection = Optional.empty();
    }
}

package pgrouter.health;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.backend.SimpleQuery;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.State;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.TaskScope;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * Asks one backend what it is. The connection stays open from round to round; a failure closes it, and the next round makes a new
 * one. Runs on one thread at a time; interrupting that ends the probe.
 */
final class Probe implements AutoCloseable {
    /** The name of a WAL file begins with its timeline, in eight hexadecimal digits. */
    private static final int TIMELINE_DIGITS = 8;

    private static final String QUESTION = """
            SELECT pg_is_in_recovery(), \
            CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END, \
            CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END""";

    private final Connector connector;
    private final Health health;
    private final Backend backend;
    private Optional<Pipe> pipe = Optional.empty();

    Probe(Connector connector, Health health, Backend backend) {
        this.connector = connector;
        this.health = health;
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    Finding run() throws InterruptedException {
        try {
            return ask(connected());
        } catch (LoginException e) {
            return failed(e.error(), e.getMessage());
        } catch (QueryException e) {
            close();
            return failed(e.error(), e.getMessage());
        } catch (IOException e) {
            close();
            return new Finding.Unusable(State.FAILED, "connection lost: " + e.getMessage());
        }
    }

    /** The same with the backend's timeout as its deadline. */
    Finding runInTime() {
        long timeout = backend.timeout().toMillis();
        try (TaskScope scope = new TaskScope("probe-" + backend.address())) {
            Future<Finding> finding = scope.fork(this::run);
            return finding.get(timeout, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Finding.Unusable(State.FAILED, "no answer within " + timeout + " ms");
        } catch (ExecutionException e) {
            return new Finding.Unusable(State.FAILED, "the probe failed: " + e.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Finding.Unusable(State.FAILED, "the probe was stopped");
        }
    }

    private static Finding failed(ErrorResponse error, String reason) {
        State state = error.sqlState().equals(SqlState.CANNOT_CONNECT_NOW) ? State.STARTING : State.FAILED;
        return new Finding.Unusable(state, reason);
    }

    private Pipe connected() throws LoginException, InterruptedException {
        if (pipe.isEmpty()) {
            Map<String, String> parameters = Map.of(
                    "user", health.username(), "database", health.database(), "application_name", "pgrouter health");
            pipe = Optional.of(connector.open(backend, parameters, new Credential.Plain(health.password())));
        }
        return pipe.get();
    }

    private static Finding ask(Pipe pipe) throws IOException, QueryException {
        long askedAt = System.nanoTime();
        List<Optional<String>> row = SimpleQuery.firstRow(pipe, QUESTION);
        Optional<Lsn> position = row.get(1).flatMap(Lsn::parse);
        if (row.get(0).equals(Optional.of("t"))) {
            return new Finding.Standby(position, askedAt);
        }
        int timeline = Integer.parseUnsignedInt(row.get(2).orElse("00000000").substring(0, TIMELINE_DIGITS), 16);
        return new Finding.Primary(position.orElseThrow(() -> new IOException("no WAL position")), timeline, askedAt);
    }

    @Override
    public void close() {
        pipe.ifPresent(Pipe::close);
        pipe = Optional.empty();
    }
}

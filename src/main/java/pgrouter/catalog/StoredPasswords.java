package pgrouter.catalog;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import pgrouter.auth.Credential;
import pgrouter.auth.PasswordSource;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.log.Log;
import pgrouter.net.Carrier;
import pgrouter.net.TaskScope;
import pgrouter.protocol.SqlState;

/**
 * Asks the primary for the stored password of a user, or a standby while there is no primary. Uses the login of the
 * health checks and one connection of its own, which stays open. Any thread, one at a time: {@code lock} is held while
 * a node is asked, which takes at most its timeout.
 */
public final class StoredPasswords implements PasswordSource {
    private static final Log LOG = Log.of("authdb");

    private final Cluster cluster;
    private final Connector connector;
    private final Supplier<Health> health;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<ServerConnection> connection = Optional.empty();
    private String query = "";
    private boolean failing;

    /** No node is asked until {@link #change} has set a query. */
    public StoredPasswords(Cluster cluster, Connector connector, Supplier<Health> health) {
        this.cluster = cluster;
        this.connector = connector;
        this.health = health;
    }

    @Override
    public Optional<String> passwordOf(String user) throws Unavailable, InterruptedException {
        lock.lockInterruptibly();
        try {
            Optional<String> password = ask(user);
            failing = false;
            return password;
        } catch (Unavailable e) {
            complain(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Logs a failure once, until a query works again. */
    private void complain(Unavailable e) {
        if (!failing) {
            LOG.warn("users cannot be looked up, and only those in the authdb file can log in: " + e.getMessage());
        }
        failing = true;
    }

    private Optional<String> ask(String user) throws Unavailable, InterruptedException {
        Backend backend = node().backend();
        try (TaskScope scope = new TaskScope("authdb")) {
            Future<Optional<String>> answer = scope.fork(() -> askTwice(backend, user));
            return answer.get(backend.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            close();
            throw new Unavailable("backend " + backend.address() + " gives no answer within "
                    + backend.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            close();
            throw new Unavailable(reason(e.getCause(), backend));
        }
    }

    private static String reason(Throwable failure, Backend backend) {
        String at = "backend " + backend.address() + ": ";
        return switch (failure) {
            case LoginException refused -> refused.getMessage();
            case QueryException refused
            when refused.error().sqlState().equals(SqlState.INSUFFICIENT_PRIVILEGE) ->
                at + refused.getMessage()
                        + " (let the health role read it, or give `authdb query` a SECURITY DEFINER function)";
            default -> at + failure.getMessage();
        };
    }

    private Node node() throws Unavailable {
        ClusterView view = cluster.view();
        return view.primary()
                .or(() -> view.suitableReaders().stream().findFirst())
                .orElseThrow(() -> new Unavailable("no backend answers"));
    }

    /** Asks once more where the connection has ended since its last use, which says nothing of the server. */
    private Optional<String> askTwice(Backend backend, String user)
            throws IOException, LoginException, QueryException, InterruptedException {
        boolean used = connection.isPresent();
        try {
            return askOnce(backend, user);
        } catch (IOException | QueryException e) {
            close();
            if (!used) {
                throw e;
            }
            return askOnce(backend, user);
        }
    }

    private Optional<String> askOnce(Backend backend, String user)
            throws IOException, LoginException, QueryException, InterruptedException {
        List<List<Optional<String>>> rows = OwnQuery.rows(connected(backend), query, user);
        if (rows.size() > 1) {
            throw new IOException("`authdb query` gives " + rows.size() + " rows for one user");
        }
        return rows.stream()
                .filter(row -> !row.isEmpty())
                .findFirst()
                .flatMap(List::getLast)
                .filter(password -> !password.isEmpty());
    }

    private ServerConnection connected(Backend backend) throws LoginException, InterruptedException {
        if (connection.isPresent() && !connection.get().backend().equals(backend)) {
            close();
        }
        if (connection.isEmpty()) {
            Health role = health.get();
            Map<String, String> parameters =
                    Map.of("user", role.username(), "database", role.database(), "application_name", "pgrouter authdb");
            connection = Optional.of(
                    connector.open(backend, Carrier.JDK, parameters, new Credential.Plain(role.password())));
        }
        return connection.get();
    }

    private void close() {
        connection.ifPresent(ServerConnection::close);
        connection = Optional.empty();
    }

    /**
     * Sets the query, to be run with the present login of the health checks.
     *
     * @param next its {@code $1} is the user's name, and the last column of its row the password; empty to ask no more
     */
    public void change(Optional<String> next) {
        lock.lock();
        try {
            query = next.orElse("");
            close();
            failing = false;
        } finally {
            lock.unlock();
        }
    }
}

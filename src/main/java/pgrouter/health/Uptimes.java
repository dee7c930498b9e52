package pgrouter.health;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.cluster.Uptime;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.Carrier;
import pgrouter.net.TaskScope;
import pgrouter.protocol.SqlState;

/**
 * Asks on a new connection each time. A postmaster that shuts down refuses new connections (57P03) before it ends its
 * sessions ({@code canAcceptConnections} in postmaster.c), while an existing one may still be answered.
 */
public final class Uptimes implements Uptime {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** The time after which a node without free connections is asked again: the session that it has ended leaves room. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    private static final String MICROSECONDS = "SELECT (1000000 * extract(epoch FROM pg_catalog.clock_timestamp() "
            + "- pg_catalog.pg_postmaster_start_time()))::pg_catalog.int8";

    private final Connector connector;
    private final Supplier<Health> health;
    private final Map<Address, SharedAnswer<OptionalLong>> answers = new ConcurrentHashMap<>();

    /** @param health the present login */
    public Uptimes(Connector connector, Supplier<Health> health) {
        this.connector = connector;
        this.health = health;
    }

    @Override
    public OptionalLong since(Backend backend) throws InterruptedException {
        return answers.computeIfAbsent(backend.address(), address -> new SharedAnswer<>("uptime-" + address))
                .ask(() -> inTime(backend), PATIENCE)
                .orElse(OptionalLong.empty());
    }

    private OptionalLong inTime(Backend backend) {
        try (TaskScope scope = new TaskScope("uptime")) {
            return scope.fork(() -> asked(backend)).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException noAnswer) {
            return OptionalLong.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return OptionalLong.empty();
        }
    }

    private OptionalLong asked(Backend backend) throws IOException, QueryException, InterruptedException {
        while (true) {
            try (ServerConnection connection = open(backend)) {
                return answer(connection);
            } catch (LoginException e) {
                if (!e.error().sqlState().equals(SqlState.TOO_MANY_CONNECTIONS)) {
                    return OptionalLong.empty();
                }
            }
            Thread.sleep(AGAIN);
        }
    }

    private ServerConnection open(Backend backend) throws LoginException, InterruptedException {
        Health login = health.get();
        Map<String, String> parameters =
                Map.of("user", login.username(), "database", login.database(), "application_name", "pgrouter health");
        return connector.open(backend, Carrier.JDK, parameters, new Credential.Plain(login.password()));
    }

    private static OptionalLong answer(ServerConnection connection) throws IOException, QueryException {
        List<Optional<String>> row = OwnQuery.firstRow(connection, MICROSECONDS);
        long now = System.nanoTime();
        connection.terminate();
        return OptionalLong.of(now
                - TimeUnit.MICROSECONDS.toNanos(Long.parseLong(row.getFirst().orElseThrow())));
    }
}

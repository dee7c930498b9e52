package pgrouter.catalog;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;
import pgrouter.net.Carrier;
import pgrouter.net.TaskScope;
import pgrouter.protocol.SqlState;

/**
 * The connection on which the catalog of one database is queried, with the login of the health checks. It is kept until
 * it is closed. One thread uses it; any thread may close it.
 */
final class CatalogConnection implements AutoCloseable {
    /** Timeout for a node that does not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The part of the heap that the names of one reading may take, in bytes as they are sent. They are kept in several forms. */
    private static final int SHARE_OF_HEAP = 8;

    /** Timeouts of the role are off: with them a large catalog would never be read to its end. */
    private static final String OPTIONS = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0";

    /**
     * A checksum of everything that decides an assessment. It differs where an object was made, changed or dropped. It
     * sums the version of each row, by its transaction, or the name where the rows are often written again.
     */
    private static final String MARK = """
            SELECT pg_catalog.concat_ws(' ', %s,
              (SELECT pg_catalog.concat(count(*), ':', sum(pg_catalog.hashtext(pg_catalog.concat(relname, relnamespace))::int8
                  * pg_catalog.ascii(relkind::text)))
                FROM pg_catalog.pg_class WHERE oid >= 16384 AND relpersistence <> 't'
                  AND (relkind IN ('S', 'v') OR relpersistence = 'u')),
              (SELECT sum(pg_catalog.hashtext(pg_catalog.concat(oid, nspname))::int8) FROM pg_catalog.pg_namespace
                WHERE pg_catalog.strpos(nspname, 'pg_temp_') <> 1 AND pg_catalog.strpos(nspname, 'pg_toast') <> 1))""".formatted(
                    versions("proc", "NOT pg_catalog.pg_is_other_temp_schema(pronamespace)") + ", "
                            + versions("rewrite", "ev_type = '1'") + ", " + versions("policy", "true") + ", "
                            + versions("operator", "true") + ", " + versions("cast", "true") + ", "
                            + versions("amproc", "true") + ", " + versions("constraint", "contypid <> 0") + ", "
                            + versions(
                                    "type",
                                    "typtype = 'd' OR oid IN (SELECT castsource FROM pg_catalog.pg_cast WHERE oid >= 16384"
                                            + " UNION SELECT casttarget FROM pg_catalog.pg_cast WHERE oid >= 16384)"));

    private final Connector connector;
    private final Supplier<Health> health;
    private final String database;
    private final long room;
    private volatile Optional<ServerConnection> connection = Optional.empty();

    CatalogConnection(Connector connector, Supplier<Health> health, String database) {
        this(connector, health, database, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /** @param room for the names of all objects of the database, in bytes */
    CatalogConnection(Connector connector, Supplier<Health> health, String database, long room) {
        this.room = room;
        this.connector = connector;
        this.health = health;
        this.database = database;
    }

    /** The catalog could not be asked. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient String sqlState;

        Unavailable(String text, String sqlState) {
            super(text);
            this.sqlState = sqlState;
        }

        /** The SQLSTATE of the server's error; that of a lost connection where the server has reported none. */
        String sqlState() {
            return sqlState;
        }
    }

    private interface Question<T> {
        T ask(ServerConnection connection) throws IOException, QueryException;
    }

    private static String versions(String catalog, String condition) {
        return "(SELECT pg_catalog.concat(count(*), ':', sum((pg_catalog.age(xmin) - pg_catalog.age('3'::xid))::int8"
                + " * (oid::int8 % 65521 + 1))) FROM pg_catalog.pg_" + catalog + " WHERE oid >= 16384 AND ("
                + condition + "))";
    }

    /** Returns a mark that stays the same as long as another reading would find the same. */
    String mark(Backend backend) throws Unavailable, InterruptedException {
        return ask(backend, CatalogConnection::mark);
    }

    private static String mark(ServerConnection connection) throws IOException, QueryException {
        return OwnQuery.firstRow(connection, MARK).getFirst().orElse("");
    }

    /** The findings of one reading, and their mark. */
    record Reading(Findings findings, String mark) {}

    Reading read(Backend backend, RouteRules rules) throws Unavailable, InterruptedException {
        return ask(backend, to -> {
            OwnQuery.rows(to, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            String mark = mark(to);
            Findings found = new Assessment(rules, to, room).run();
            OwnQuery.rows(to, "COMMIT");
            return new Reading(found, mark);
        });
    }

    /** Asks once more where the connection has ended since its last use, which says nothing of the server. */
    private <T> T ask(Backend backend, Question<T> question) throws Unavailable, InterruptedException {
        boolean used = connection.filter(kept -> kept.backend().equals(backend)).isPresent();
        try {
            return askOnce(backend, question);
        } catch (Unavailable e) {
            if (!used) {
                throw e;
            }
            return askOnce(backend, question);
        }
    }

    private <T> T askOnce(Backend backend, Question<T> question) throws Unavailable, InterruptedException {
        try (TaskScope scope = new TaskScope("catalog-" + database)) {
            Future<T> answer = scope.fork(() -> question.ask(connected(backend)));
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            close();
            throw new Unavailable("backend " + backend.address() + " gives no answer", SqlState.CONNECTION_FAILURE);
        } catch (ExecutionException e) {
            close();
            throw unavailable(e.getCause());
        }
    }

    private static Unavailable unavailable(Throwable cause) {
        return switch (cause) {
            case LoginException e -> new Unavailable(e.getMessage(), e.error().sqlState());
            case QueryException e -> new Unavailable(e.getMessage(), e.error().sqlState());
            default -> new Unavailable(String.valueOf(cause.getMessage()), SqlState.CONNECTION_FAILURE);
        };
    }

    private ServerConnection connected(Backend backend) throws LoginException, InterruptedException {
        Optional<ServerConnection> kept = connection;
        if (kept.isPresent() && kept.get().backend().equals(backend)) {
            return kept.get();
        }
        close();
        Health role = health.get();
        Map<String, String> login = Map.of(
                "user",
                role.username(),
                "database",
                database,
                "client_encoding",
                "UTF8",
                "options",
                OPTIONS,
                "application_name",
                "pgrouter catalog");
        ServerConnection opened = connector.open(backend, Carrier.JDK, login, new Credential.Plain(role.password()));
        connection = Optional.of(opened);
        return opened;
    }

    @Override
    public void close() {
        connection.ifPresent(ServerConnection::terminate);
        connection = Optional.empty();
    }
}

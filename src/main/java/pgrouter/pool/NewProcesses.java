package pgrouter.pool;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.PathAtLogin;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.config.Address;
import pgrouter.log.Log;

/**
 * The answers of new server processes to one question, with which a process is compared that a session leaves.
 * DISCARD ALL takes away neither a loaded library nor the schema of temporary tables. Any thread.
 */
public final class NewProcesses {
    private static final Log LOG = Log.of("pool");

    /** The most logins that are distinguished; the least recently used one is forgotten, and asked again later. */
    private static final int MOST = 500;

    /** The most letters of startup options. A login with more is not asked: no used connection of it is kept. */
    private static final int LONGEST = 2000;

    /** The first version of PostgreSQL with a function that lists the libraries of a process. */
    private static final int LISTS_LIBRARIES_SINCE = 18;

    /**
     * Seeds the random numbers anew, by 48 bits that are unpredictable. Shows three things: the settings with their
     * sources (those of a library exist while it is loaded; of the transaction's own settings only the sources), a
     * schema for temporary tables, and a temporary replication slot. Nothing of it depends on the search path.
     */
    private static final String QUESTION = """
            SELECT pg_catalog.setseed(CAST(CAST(CAST(pg_catalog.concat('x', pg_catalog.substr(pg_catalog.replace(\
            CAST(pg_catalog.gen_random_uuid() AS pg_catalog.text), '-', ''), 1, 12)) AS bit(48)) AS bigint) AS double precision) \
            OPERATOR(pg_catalog./) 281474976710656.0), \
            pg_catalog.current_setting('search_path'), current_user, \
            (SELECT pg_catalog.sum(CAST(pg_catalog.hashtext(pg_catalog.concat(name, '=', CASE WHEN \
            name OPERATOR(pg_catalog.=) ANY ('{transaction_isolation,transaction_read_only,transaction_deferrable}') \
            THEN '' ELSE setting END, ' ', source)) AS bigint)) \
            FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.<>) 'application_name' \
            AND name OPERATOR(pg_catalog.<>) 'in_hot_standby'), \
            pg_catalog.pg_my_temp_schema(), \
            EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE temporary \
            AND active_pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())""";

    private static final String LIBRARIES = ", (SELECT pg_catalog.count(*) FROM pg_catalog.pg_get_loaded_modules())";

    private final ReentrantLock lock = new ReentrantLock();

    /** The least recently used one first. Guarded by lock. */
    private final Map<Kind, Answer> known = new LinkedHashMap<>(16, 0.75f, true);

    /** The answer of one process, without the column of the seed. */
    private record Answer(List<Optional<String>> columns) {
        static Answer of(List<List<Optional<String>>> rows) {
            return new Answer(
                    rows.isEmpty()
                            ? List.of()
                            : rows.getFirst().stream().skip(1).toList());
        }

        Optional<PathAtLogin> path() {
            return columns.size() < 2
                    ? Optional.empty()
                    : columns.get(0).flatMap(value -> columns.get(1).map(user -> new PathAtLogin(value, user)));
        }
    }

    /** Processes that are alike when they are new: the application's name decides nothing. */
    private record Kind(Address backend, Map<String, String> parameters) {
        static Kind of(ServerConnection connection, Map<String, String> parameters) {
            Map<String, String> deciding = new HashMap<>(parameters);
            deciding.remove("application_name");
            return new Kind(connection.backend().address(), deciding);
        }

        int length() {
            return parameters.entrySet().stream()
                    .mapToInt(each -> each.getKey().length() + each.getValue().length())
                    .sum();
        }
    }

    /** The question to a server process. */
    public static String question(ServerConnection connection) {
        return connection.majorVersion() < LISTS_LIBRARIES_SINCE ? QUESTION : QUESTION + LIBRARIES;
    }

    /** Asks a process that has served no session, unless the answer is known. Only on the thread that owns the connection. */
    void learn(ServerConnection connection, Map<String, String> parameters) throws IOException {
        Kind kind = Kind.of(connection, parameters);
        if (kind.length() > LONGEST || find(kind).isPresent()) {
            return;
        }
        try {
            put(kind, Answer.of(OwnQuery.rows(connection, question(connection))));
        } catch (QueryException refused) {
            LOG.debug(() -> "a connection to " + connection.backend().address()
                    + " will not be kept, since it cannot be asked what a new one is like: " + refused.getMessage());
        }
    }

    /**
     * Whether a process that a session leaves has answered as a new one does. Where it has not, the next new one is
     * asked again: the server's configuration may have changed.
     */
    boolean isAsNew(ServerConnection connection, Map<String, String> parameters, List<List<Optional<String>>> answer) {
        Kind kind = Kind.of(connection, parameters);
        boolean same = find(kind).filter(Answer.of(answer)::equals).isPresent();
        if (!same) {
            forget(kind);
        }
        return same;
    }

    /** The schemas in which a new process looks for names; empty where that is not known. */
    Optional<PathAtLogin> path(ServerConnection connection, Map<String, String> parameters) {
        return find(Kind.of(connection, parameters)).flatMap(Answer::path);
    }

    /** Forgets all answers: the state of a new process may have changed. */
    void forget() {
        lock.lock();
        try {
            known.clear();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Answer> find(Kind kind) {
        lock.lock();
        try {
            return Optional.ofNullable(known.get(kind));
        } finally {
            lock.unlock();
        }
    }

    private void put(Kind kind, Answer answer) {
        lock.lock();
        try {
            known.put(kind, answer);
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(Kind kind) {
        lock.lock();
        try {
            known.remove(kind);
        } finally {
            lock.unlock();
        }
    }
}

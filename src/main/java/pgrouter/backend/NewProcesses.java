package pgrouter.backend;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.config.Address;
import pgrouter.log.Log;

/**
 * What servers' processes are like that have served nobody yet, by what they answer to one question, so that one that a session leaves can be
 * compared: DISCARD ALL takes away neither a library that was loaded nor the schema of temporary tables. Any thread.
 */
public final class NewProcesses {
    private static final Log LOG = Log.of("pool");

    /** So many logins are told apart; of what was used longest ago it is asked again. */
    private static final int MOST = 500;

    /** Of a login with more letters of startup options it is not asked: no connection of it is kept that was used. */
    private static final int LONGEST = 2000;

    /** Whether the functions of this are there to list the libraries of a process, by the version of the server. */
    private static final int LISTS_LIBRARIES_SINCE = 18;

    /**
     * Seeds the random numbers anew, by 48 bits that nobody can tell beforehand, and shows the settings with where they are from (those of a
     * library are there when it is; of the transaction's own ones only that), a schema for temporary tables, and a temporary replication slot. Nothing of it depends on the
     * search path.
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

    /** The one that was used longest ago first. */
    private final Map<Kind, Answer> known = new LinkedHashMap<>(16, 0.75f, true);

    /** Of one process, without the column of the seed. */
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

    /** Processes that are alike when they are new: the name of the application decides nothing. */
    private record Kind(Address backend, Map<String, String> parameters) {
        static Kind of(Pipe pipe, Map<String, String> parameters) {
            Map<String, String> deciding = new HashMap<>(parameters);
            deciding.remove("application_name");
            return new Kind(pipe.backend().address(), deciding);
        }

        int length() {
            return parameters.entrySet().stream()
                    .mapToInt(each -> each.getKey().length() + each.getValue().length())
                    .sum();
        }
    }

    /** The question to a server's process. */
    public static String question(Pipe pipe) {
        return pipe.majorVersion() < LISTS_LIBRARIES_SINCE ? QUESTION : QUESTION + LIBRARIES;
    }

    /** Asks one that has served nobody, if it is not known yet what such a one is like. Runs on the thread that owns the pipe. */
    void learn(Pipe pipe, Map<String, String> parameters) throws IOException {
        Kind kind = Kind.of(pipe, parameters);
        if (kind.length() > LONGEST || find(kind).isPresent()) {
            return;
        }
        try {
            put(kind, Answer.of(OwnQuery.rows(pipe, question(pipe))));
        } catch (QueryException refused) {
            LOG.debug(() -> "a connection to " + pipe.backend().address()
                    + " will not be kept, since it cannot be asked what a new one is like: " + refused.getMessage());
        }
    }

    /**
     * Whether one that a session leaves has answered as a new one does. Where it has not, it is asked again what new ones are like: the
     * server's configuration may have changed.
     */
    boolean isAsNew(Pipe pipe, Map<String, String> parameters, List<List<Optional<String>>> answer) {
        Kind kind = Kind.of(pipe, parameters);
        boolean same = find(kind).filter(Answer.of(answer)::equals).isPresent();
        if (!same) {
            forget(kind);
        }
        return same;
    }

    /** In which schemas a new one looks for names; empty where it is not known. */
    Optional<PathAtLogin> path(Pipe pipe, Map<String, String> parameters) {
        return find(Kind.of(pipe, parameters)).flatMap(Answer::path);
    }

    /** What decides about a new one may be other than it was. */
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

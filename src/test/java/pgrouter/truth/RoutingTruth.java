package pgrouter.truth;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.ReplayWatch;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/**
 * Every statement of which it was measured what a real standby does with it, through pgrouter and, in an equal database, directly
 * on the primary: it must run where it has to, say the same, and leave the same behind. Two classes have a half each, so that two JVMs
 * can work at it.
 */
@Tag("versions")
@ExtendWith(SharedCluster.class)
abstract class RoutingTruth {
    private static final String THROUGH = "truth_a";
    private static final String DIRECT = "truth_b";

    /** A promotion, and what needs a second session in the middle of a statement: stories of their own. */
    private static final Set<String> ELSEWHERE = Set.of("wal-16");

    private static final Set<String> GROUPS_ELSEWHERE = Set.of("conflict", "portal", "startup");

    /** By their nature different between two runs: time, chance, a process, a file, a place in the log, a statistic. */
    private static final Pattern NATURE = Pattern.compile(
            "random\\(|now\\(\\)|timestamp|timeofday|uuid|pid|lsn|snapshot|xmin|ctid|pg_stat|pg_settings|pg_control|wal|xact"
                    + "|inet_|start_time|load_time|pg_ls|pg_read|txid|ANALYZE|Analyze|SHOW|lo_creat|dblink_connect|memory_contexts"
                    + "|pg_class|EXPLAIN|FunctionCall|backup|uuidv7|slot|locks|pg_table_size|pg_sequences|s_ahead|logfile|freeze|restore_point|emit_message",
            Pattern.CASE_INSENSITIVE);

    /** These openings are for the writer whatever they would find there (the rules name them). */
    private static final Pattern WRITER_BY_OPENING = Pattern.compile(
            "^(SHOW|INSERT|MERGE|CALL|SELECT \\S*nextval|WITH a AS \\((SELECT nextval|MERGE)|WITH a AS \\(SELECT 1 i\\) MERGE"
                    + "|SELECT \\* FROM (generate_series\\(1,2\\) FOR UPDATE|dblink)|SELECT system_identifier|EXPLAIN EXECUTE"
                    + "|SELECT 1; SELECT 1/0; INSERT|SELECT f_dyn|\\W*INSERT|EXECUTE|.*pg_control|SELECT pg_relation_size|WITH a AS \\(MERGE)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern DDL = Pattern.compile(
            "^\\W*(CREATE|ALTER|DROP|TRUNCATE|SELECT .*INTO|GRANT|REVOKE|REINDEX|CLUSTER|IMPORT|REFRESH)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern SLOTS = Pattern.compile("slot|replication|subscription", Pattern.CASE_INSENSITIVE);

    private static final String STATE = "/* pgrouter: reader */ SELECT current_user, session_user,"
            + " current_setting('search_path'), current_setting('work_mem'), current_setting('TimeZone'),"
            + " current_setting('truth.x', true), current_setting('application_name'),"
            + " current_setting('default_transaction_read_only'), current_setting('statement_timeout'),"
            + " current_setting('session_replication_role'), current_setting('synchronous_commit')";

    private static final String DATA =
            "SELECT (SELECT count(*) FROM truth.w) || ' ' || (SELECT count(*) FROM truth.log)"
                    + " || ' ' || (SELECT last_value FROM truth.s) || ' ' || (SELECT count(*) FROM truth.t)";

    /** Which statements are this class's. */
    enum Half {
        FIRST,
        SECOND;

        <T> List<T> of(List<T> all) {
            int middle = all.size() / 2;
            return this == FIRST ? all.subList(0, middle) : all.subList(middle, all.size());
        }
    }

    private final PostgresCluster cluster;
    private final Half half;
    private final List<String> wrong = new ArrayList<>();
    private RouterProcess router;
    private ReplayWatch replay;
    private Connection through;
    private Connection direct;
    private boolean changed;

    RoutingTruth(PostgresCluster cluster, Half half) {
        this.cluster = cluster;
        this.half = half;
    }

    @Test
    void everyStatementRunsWhereItMustAndIsAnsweredAsByThePrimary() throws Exception {
        createDatabases();
        try (RouterProcess started = RouterProcess.before(
                        cluster,
                        new RouterProcess.Options().authDb("app plain app-secret\npostgres plain postgres\n"));
                ReplayWatch watch = ReplayWatch.of(cluster);
                Connection one = cluster.connect(1, THROUGH, Login.SUPERUSER);
                Connection other = cluster.connect(1, DIRECT, Login.SUPERUSER)) {
            router = started;
            replay = watch;
            through = one;
            direct = other;
            changed = true;
            List<Row> rows = half.of(Row.all(places(THROUGH)).stream()
                    .filter(row -> !ELSEWHERE.contains(row.id()) && !GROUPS_ELSEWHERE.contains(row.group()))
                    .toList());
            for (Row row : rows) {
                check(row);
            }
            System.out.println("routing truth: " + rows.size() + " statements, " + wrong.size() + " wrong");
            dropSubscriptions();
        }
        dropDatabases();
        assertThat(wrong).as(String.join("\n", wrong)).isEmpty();
    }

    private Map<String, String> places(String database) {
        return Map.of(
                "@PHOST@",
                "127.0.0.1",
                "@PPORT@",
                "" + cluster.port(1),
                "@PORT@",
                "" + cluster.port(1),
                "@DATABASE@",
                database);
    }

    private void createDatabases() throws SQLException {
        dropDatabases();
        try (Connection admin = cluster.connect(1, "postgres", Login.SUPERUSER)) {
            run(admin, "CREATE ROLE truth_u");
            for (String database : List.of(THROUGH, DIRECT)) {
                run(admin, "CREATE DATABASE " + database);
                run(admin, "ALTER DATABASE " + database + " SET search_path = truth, public");
            }
        }
        try (Connection one = cluster.connect(1, THROUGH, Login.SUPERUSER);
                Connection other = cluster.connect(1, DIRECT, Login.SUPERUSER)) {
            run(one, Row.setup(places(THROUGH)));
            run(other, Row.setup(places(DIRECT)));
        }
        cluster.awaitReplay(1);
    }

    private void dropDatabases() throws SQLException {
        try (Connection admin = cluster.connect(1, "postgres", Login.SUPERUSER)) {
            run(admin, "DROP DATABASE IF EXISTS truth_d");
            for (String database : List.of(THROUGH, DIRECT)) {
                run(admin, "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
            }
            run(admin, "DROP ROLE IF EXISTS truth_u");
            run(admin, "ALTER SYSTEM RESET work_mem");
        }
    }

    /** A subscription keeps its database from being dropped, and looks for its slot before it goes. */
    private void dropSubscriptions() throws SQLException {
        for (Connection admin : List.of(through, direct)) {
            try (Statement statement = admin.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT FROM pg_subscription WHERE subdbid = "
                            + "(SELECT oid FROM pg_database WHERE datname = current_database())")) {
                if (rows.next()) {
                    run(admin, "ALTER SUBSCRIPTION d_sub SET (slot_name = NONE)");
                    run(admin, "DROP SUBSCRIPTION d_sub");
                }
            }
        }
    }

    private void reset() throws SQLException {
        if (changed) {
            run(through, Row.setup(places(THROUGH)));
            run(direct, Row.setup(places(DIRECT)));
            run(through, "DROP DATABASE IF EXISTS truth_d");
            dropSubscriptions();
            changed = false;
        }
        replay.await();
    }

    private void check(Row row) throws Exception {
        reset();
        Observation expected = observe(row, cluster.port(1), DIRECT);
        if (expected.reply().end().equals("gone") || row.sql().contains("DATABASE")) {
            run(through, "DROP DATABASE IF EXISTS truth_d");
        }
        if (SLOTS.matcher(row.sql() + row.before()).find()) {
            run(
                    through,
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'truth%'");
        }
        Observation found = observe(row, router.port(), THROUGH);
        changed = !expected.reply().failed()
                && (DDL.matcher(row.sql()).find() || row.group().equals("ddl"));
        if (row.before().stream().anyMatch(step -> step.contains("'gp'"))) {
            run(direct, "ROLLBACK PREPARED 'gp'");
        }
        compare(row, expected, found);
    }

    /**
     * What one run of a row shows.
     *
     * @param counts what pgrouter has counted for it, by node and kind
     * @param state what the session's state is behind it
     * @param next where the next read runs
     */
    private record Observation(Reply reply, Map<String, Long> counts, String state, String data, String next) {
        long reads() {
            return sum(" reads");
        }

        long writes() {
            return sum(" writes");
        }

        long redirects() {
            return sum(" redirects");
        }

        private long sum(String kind) {
            return counts.entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(kind))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private Observation observe(Row row, int port, String database) throws Exception {
        boolean viaRouter = port == router.port();
        Connection admin = viaRouter ? through : direct;
        try (Conversation session = Conversation.open(port, database)) {
            for (String step : row.before()) {
                String sql = step.substring(step.indexOf(": ") + 2);
                if (step.startsWith("admin: ")) {
                    if (!sql.contains("'gp'") || !viaRouter) {
                        run(admin, sql);
                    }
                    replay.await();
                } else {
                    session.simple(sql);
                }
            }
            if (!row.before().isEmpty()) {
                replay.await();
            }
            Map<String, Long> before = counters();
            Reply reply = session.run(row);
            if (reply.end().equals("gone") || isLost(reply)) {
                return new Observation(reply, Map.of(), "", data(admin), "");
            }
            Map<String, Long> counts = difference(row, before, viaRouter);
            if (!reply.end().equals("I")) {
                session.simple("ROLLBACK");
            }
            String state = session.simple(STATE).toString();
            String next = viaRouter && row.route().equals("pin") ? next(session) : "";
            return new Observation(reply, counts, state, data(admin), next);
        }
    }

    /** The session outlives the server's process that it has ended. */
    private static boolean isLost(Reply reply) {
        return reply.toString().contains("was lost before it answered");
    }

    private static String next(Conversation session) throws Exception {
        session.simple("SELECT 1");
        return session.simple("SHOW pgrouter.last_route").toString();
    }

    private Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>();
        for (String line : router.status()) {
            String[] words = line.split(" ");
            for (int i = 1; i + 1 < words.length && words[1].equals("reads"); i += 2) {
                counters.put(words[0] + " " + words[i], Long.parseLong(words[i + 1]));
            }
        }
        return counters;
    }

    /** pgrouter counts when it has passed the reply on: the client may be a moment ahead. */
    private Map<String, Long> difference(Row row, Map<String, Long> before, boolean viaRouter) {
        if (!viaRouter) {
            return Map.of();
        }
        Await.until("the request is counted: " + row.id(), () -> !counters().equals(before));
        Map<String, Long> difference = new TreeMap<>();
        counters().forEach((name, count) -> difference.put(name, count - before.getOrDefault(name, 0L)));
        return difference;
    }

    private static String data(Connection admin) {
        try (Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery(DATA)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException gone) {
            return gone.getSQLState();
        }
    }

    private void compare(Row row, Observation expected, Observation found) {
        if (expected.reply().end().equals("gone") && isLost(found.reply())) {
            return;
        }
        if (!isSame(row, expected.reply(), found.reply())) {
            wrong(row, "the reply", expected.reply(), found.reply());
        }
        if (!expected.state().equals(found.state())) {
            wrong(row, "the session's state", expected.state(), found.state());
        }
        if (!expected.data().equals(found.data())) {
            wrong(row, "the tables", expected.data(), found.data());
        }
        String place = misplaced(row, expected, found);
        if (!place.isEmpty()) {
            wrong(row, place, row.route(), found.counts() + ", then " + found.next());
        }
    }

    private static boolean isSame(Row row, Reply expected, Reply found) {
        return (NATURE.matcher(row.sql()).find() || isByNature(row))
                ? expected.kinds().equals(found.kinds())
                : expected.equals(found);
    }

    private static boolean isByNature(Row row) {
        return row.sql().contains("random") || row.group().equals("info");
    }

    private static String misplaced(Row row, Observation expected, Observation found) {
        boolean failed = expected.reply().failed();
        return switch (row.route()) {
            case "replica-ok" ->
                found.reads() > 0
                                || failed
                                || WRITER_BY_OPENING.matcher(row.sql()).find()
                        ? ""
                        : "not on a standby";
            case "primary-must" -> found.writes() > 0 || failed ? "" : "not on the primary";
            case "primary-silent" ->
                found.reads() == 0 && (found.redirects() == 0 || failed) ? "" : "a standby was asked";
            case "pin" ->
                failed
                                || !found.next().contains("reader")
                                || row.sql().startsWith("CLOSE")
                                || row.sql().startsWith("SELECT")
                        ? ""
                        : "the next read is not on the primary";
            default -> "";
        };
    }

    private void wrong(Row row, String what, Object expected, Object found) {
        wrong.add(row.id() + " [" + row.route() + "] " + row.sql().replace("\n", "\\n") + "\n    " + what
                + "\n      expected " + expected + "\n      found    " + found);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

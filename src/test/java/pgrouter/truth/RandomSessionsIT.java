package pgrouter.truth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.net.TaskScope;
import pgrouter.testing.Frontend;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.ReplayWatch;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;
import pgrouter.truth.RandomSession.Step;

/**
 * Made-up sessions, through pgrouter and, in an equal database, directly on the primary: their transcripts must be equal. The seed
 * is printed; {@code -Dpgrouter.seed=N} repeats a run, {@code -Dpgrouter.sessions=N} makes it longer or shorter.
 */
@Tag("versions")
@ExtendWith(SharedCluster.class)
final class RandomSessionsIT {
    private static final String THROUGH = "random";
    private static final String DIRECT = "random_direct";
    private static final int WORKERS = 4;

    /** One session in so many may meet a gap that the README names: errors in a failed transaction, and the like. */
    private static final int KNOWN_GAPS = 200;

    private static final Step LAST_ROUTE =
            new Step("SHOW pgrouter.last_route", Frontend.query("SHOW pgrouter.last_route"), 1);

    /** A connection that lacks a statement cannot be given it in a failed transaction, so its errors there may be others. */
    private static final Step ROLLBACK = new Step("ROLLBACK", Frontend.query("ROLLBACK"), 1);

    private static final String SETUP = """
            CREATE SCHEMA IF NOT EXISTS other;
            GRANT USAGE ON SCHEMA other TO PUBLIC;
            CREATE TABLE t(id int PRIMARY KEY, v int);
            INSERT INTO t SELECT g, g FROM generate_series(1, 20) g;
            CREATE TABLE log(id serial, who text);
            CREATE TABLE shadow(src text);
            INSERT INTO shadow VALUES ('permanent');
            CREATE TABLE other.shadow(src text);
            INSERT INTO other.shadow VALUES ('of the other schema');
            CREATE FUNCTION f_read() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.t';
            CREATE FUNCTION f_write() RETURNS int LANGUAGE plpgsql AS
              $$BEGIN INSERT INTO public.log(who) VALUES ('f'); RETURN 1; END$$;
            CREATE FUNCTION f_notice() RETURNS int LANGUAGE plpgsql AS
              $$BEGIN RAISE NOTICE 'about to write'; INSERT INTO public.log(who) VALUES ('n'); RETURN 2; END$$;
            CREATE FUNCTION f_swallow() RETURNS text LANGUAGE plpgsql AS
              $$BEGIN BEGIN INSERT INTO public.log(who) VALUES ('s'); EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END;
              RETURN 'written'; END$$;
            CREATE VIEW v_swallow AS SELECT f_swallow();
            CREATE FUNCTION f_set(x text) RETURNS text LANGUAGE plpgsql AS
              $$BEGIN PERFORM set_config('x.a', x, false); RETURN current_setting('x.a'); END$$;
            CREATE FUNCTION f_raise() RETURNS int LANGUAGE plpgsql AS
              $$BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '25006'; END$$;
            GRANT ALL ON ALL TABLES IN SCHEMA public TO random_role;
            GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO random_role;
            GRANT SELECT ON ALL TABLES IN SCHEMA other TO random_role;
            """;

    private final PostgresCluster cluster;
    private final long seed = Long.getLong("pgrouter.seed", 3);
    private int sessions = Integer.getInteger("pgrouter.sessions", LongRun.repetitions(120, 1000));
    private boolean optimistic;
    private final AtomicLong number = new AtomicLong();
    private final Queue<String> differences = new ConcurrentLinkedQueue<>();

    RandomSessionsIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void noSessionCanTellPgrouterFromThePrimary() throws Exception {
        playAll("transactions primary");
        assertThat(differences)
                .as("sessions that differ, beyond what the README says is not done yet; seed " + seed)
                .hasSizeLessThanOrEqualTo(sessions / KNOWN_GAPS);
    }

    @Test
    void noneCanWhoseTransactionsBeginOnStandbys() throws Exception {
        sessions = Integer.getInteger("pgrouter.sessions", LongRun.repetitions(200, 10_000));
        optimistic = true;
        playAll("transactions optimistic");
        assertThat(differences)
                .as("sessions that differ, beyond what the README says is not done yet; seed " + seed)
                .hasSizeLessThanOrEqualTo(sessions / KNOWN_GAPS);
    }

    private void playAll(String directives) throws Exception {
        createDatabases();
        long reads;
        try (RouterProcess router = RouterProcess.before(
                        cluster,
                        new RouterProcess.Options()
                                .with(directives)
                                .authDb("app plain app-secret\npostgres plain postgres\n"));
                TaskScope scope = new TaskScope("worker")) {
            List<Future<Integer>> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                String suffix = "" + worker;
                workers.add(scope.fork(() -> work(router.port(), suffix)));
            }
            for (Future<Integer> worker : workers) {
                worker.get();
            }
            if (!differences.isEmpty()) {
                System.out.println(router.log()
                        .lines()
                        .filter(line -> !line.contains("DEBUG"))
                        .toList());
            }
            reads = router.countOnStandbys(cluster, "reads");
        }
        System.out.println("random sessions: " + directives + ", seed " + seed + ", " + sessions + " sessions, " + reads
                + " requests on standbys, " + differences.size() + " differences");
        dropDatabases();
        differences.forEach(System.out::println);
        assertThat(reads).isGreaterThan(sessions);
    }

    private int work(int port, String suffix) throws Exception {
        int done = 0;
        try (ReplayWatch replay = ReplayWatch.of(cluster)) {
            long next = number.incrementAndGet();
            while (next <= sessions) {
                // A session that has not written may read what a standby has.
                replay.await();
                int before = differences.size();
                play(next, port, suffix);
                if (differences.size() > before) {
                    makeEqual(suffix);
                }
                done++;
                next = number.incrementAndGet();
            }
        }
        return done;
    }

    private void play(long session, int port, String suffix) throws Exception {
        long random = seed * 1_000_003 + session;
        List<Step> steps = (optimistic ? RandomSession.ofTransactions(random) : RandomSession.of(random)).steps();
        try (Conversation through = Conversation.open(port, THROUGH + suffix);
                Conversation direct = Conversation.open(cluster.port(1), DIRECT + suffix)) {
            StringBuilder before = new StringBuilder();
            String status = "I";
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                if (status.equals("E") && step.namesStatement()) {
                    direct.play(ROLLBACK);
                    through.play(ROLLBACK);
                }
                Reply expected = direct.play(step);
                Reply found = played(through, step);
                if (!expected.equals(found)) {
                    String route = played(through, LAST_ROUTE).toString();
                    differences.add("seed " + seed + ", session " + session + ", step " + i + before + "\n  " + step
                            + "\n expected " + expected + "\n found    " + found + "\n " + route + "\n");
                    return;
                }
                if (found.end().equals("gone")) {
                    return;
                }
                status = found.end();
                before.append("\n  ").append(step).append("\n      ").append(found);
            }
        }
    }

    /** Sessions behind one that differed begin from the same state again. */
    private void makeEqual(String suffix) throws SQLException {
        for (String database : List.of(THROUGH + suffix, DIRECT + suffix)) {
            try (Connection admin = cluster.connect(1, database, Login.SUPERUSER)) {
                run(admin, "TRUNCATE log RESTART IDENTITY; TRUNCATE t");
                run(admin, "INSERT INTO t SELECT g, g FROM generate_series(1, 20) g");
            }
        }
    }

    private static Reply played(Conversation session, Step step) throws Exception {
        try {
            return session.play(step);
        } catch (IOException broken) {
            Reply none = new Reply();
            none.ended();
            return none;
        }
    }

    private void createDatabases() throws SQLException {
        dropDatabases();
        try (Connection admin = cluster.connect(1, "postgres", Login.SUPERUSER)) {
            run(admin, "CREATE ROLE random_role");
            for (int worker = 0; worker < WORKERS; worker++) {
                for (String database : List.of(THROUGH + worker, DIRECT + worker)) {
                    run(admin, "CREATE DATABASE " + database);
                    try (Connection inside = cluster.connect(1, database, Login.SUPERUSER)) {
                        run(inside, SETUP);
                    }
                }
            }
        }
        cluster.awaitReplay(1);
    }

    private void dropDatabases() throws SQLException {
        try (Connection admin = cluster.connect(1, "postgres", Login.SUPERUSER)) {
            for (int worker = 0; worker < WORKERS; worker++) {
                run(admin, "DROP DATABASE IF EXISTS " + THROUGH + worker + " WITH (FORCE)");
                run(admin, "DROP DATABASE IF EXISTS " + DIRECT + worker + " WITH (FORCE)");
            }
            run(admin, "DROP ROLE IF EXISTS random_role");
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

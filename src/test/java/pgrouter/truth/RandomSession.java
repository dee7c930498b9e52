package pgrouter.truth;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.closePortal;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What one made-up application does in one session, step by step. The same seed gives the same steps. */
final class RandomSession {
    private static final String[] READS = {
        "SELECT count(*), coalesce(sum(v), 0) FROM t",
        "SELECT id, v FROM t WHERE id < 4 ORDER BY id",
        "SELECT who FROM log ORDER BY id",
        "SELECT src FROM shadow",
        "SELECT f_read()",
        "VALUES (1), (2)",
        "TABLE shadow",
        "WITH a AS (SELECT v FROM t WHERE id = 1) SELECT * FROM a",
        "SELECT current_setting('x.a', true), current_setting('x.b', true)",
        "SELECT current_user, session_user, current_schemas(false)",
        "SELECT timestamp with time zone '2026-01-01 00:00:00+00'",
        "SELECT timestamp with time zone '2026-01-01 00:00:00+00', interval '1 year 2 days', 1.0::float8 / 3, '\\x0102'::bytea",
        "SELECT 1 AS one; SELECT count(*) FROM t",
        "COPY (SELECT id FROM t ORDER BY id LIMIT 3) TO STDOUT",
        "SELECT generate_series(1, 300)",
        "SELECT * FROM v_swallow",
        "",
        "-- nothing"
    };

    private static final String[] WRITES = {
        "INSERT INTO log(who) VALUES ('a')",
        "UPDATE t SET v = v + 1 WHERE id = 2",
        "DELETE FROM log WHERE id % 3 = 0",
        "SELECT f_write()",
        "SELECT f_write(), f_notice()",
        "SELECT f_notice()",
        "SELECT f_swallow()",
        "SELECT v FROM t WHERE id = 1 FOR UPDATE",
        "WITH a AS (UPDATE t SET v = 0 WHERE id = 3 RETURNING id) SELECT * FROM a",
        "INSERT INTO log(who) SELECT 'b' RETURNING who",
        "COPY log(who) FROM STDIN",
        "DO $$BEGIN INSERT INTO log(who) VALUES ('do'); END$$",
        "SELECT count(*) FROM t; INSERT INTO log(who) VALUES ('multi')",
        "SELECT CASE WHEN id = 5 THEN f_write() ELSE id END FROM t ORDER BY id"
    };

    private static final String[] ERRORS = {
        "SELECT 1/0",
        "SELECT * FROM missing",
        "SELECT missing()",
        "SELEC 1",
        "SELECT f_raise()",
        "INSERT INTO t VALUES (1, 1)",
        "SELECT count(*) FROM t; SELECT 1/0; INSERT INTO log(who) VALUES ('never')",
        "EXECUTE nobody",
        "FETCH 1 FROM nobody",
        "RELEASE nobody"
    };

    private static final String[] STATES = {
        "SET x.a = '%d'",
        "SET x.b TO 'b%d'",
        "SET SESSION x.a = 'it''s %d'",
        "RESET x.a",
        "RESET ALL",
        "SET LOCAL x.a = 'local %d'",
        "SELECT set_config('x.b', 'c%d', false)",
        "SELECT set_config('x.b', 'd%d', true)",
        "SELECT set_config('x.a', v::text, false) FROM t WHERE id = 2",
        "SELECT f_set('e%d')",
        "SET search_path TO other, public",
        "SET search_path TO DEFAULT",
        "SET ROLE random_role",
        "RESET ROLE",
        "SET TIME ZONE 'Asia/Tokyo'",
        "SET TIME ZONE 'UTC'",
        "SET work_mem = '%dkB'",
        "SET statement_timeout = '%ds'",
        "SET nonexistent = 1",
        "PREPARE sql1 AS SELECT count(*) FROM t",
        "PREPARE sql2(int) AS SELECT v FROM t WHERE id = $1",
        "PREPARE sql3 AS INSERT INTO log(who) VALUES ('prepared')",
        "EXECUTE sql1",
        "EXECUTE sql2(%d)",
        "EXECUTE sql3",
        "EXECUTE p1",
        "DEALLOCATE sql1",
        "DEALLOCATE sql2",
        "DEALLOCATE p1",
        "DEALLOCATE ALL",
        "DISCARD ALL",
        "DISCARD TEMP",
        "CREATE TEMP TABLE shadow AS SELECT 'temporary %d' AS src",
        "DROP TABLE IF EXISTS pg_temp.shadow",
        "CREATE TEMP TABLE gone(a int) ON COMMIT DROP",
        "DECLARE c CURSOR WITH HOLD FOR SELECT id FROM t ORDER BY id",
        "FETCH 2 FROM c",
        "CLOSE c",
        "SELECT pg_advisory_lock(%d)",
        "SELECT pg_advisory_unlock(%d)",
        "SELECT pg_advisory_unlock_all()",
        "UNLISTEN *",
        "CLOSE ALL",
        "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL",
        "CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP",
        "DISCARD PLANS",
        "DISCARD SEQUENCES",
        "RESET TIME ZONE",
        "RESET intervalstyle; RESET extra_float_digits",
        "SET intervalstyle = iso_8601; SET bytea_output TO 'escape'",
        "SET extra_float_digits = -15",
        "SET extra_float_digits = 0",
        "SET application_name = 'a%d'",
        "SELECT set_config('TimeZone', 'Europe/Berlin', false)",
        "DEALLOCATE p2",
        "DEALLOCATE sql1; DEALLOCATE p1",
        "SET default_transaction_read_only = on",
        "SET default_transaction_read_only = off",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"
    };

    private static final String[] TRANSACTIONS = {
        "BEGIN",
        "BEGIN",
        "BEGIN READ ONLY",
        "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "COMMIT",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a",
        "ROLLBACK TO a",
        "RELEASE a",
        "SET TRANSACTION READ ONLY",
        "COMMIT AND CHAIN",
        "BEGIN; INSERT INTO log(who) VALUES ('in'); COMMIT",
        "BEGIN READ ONLY; SELECT count(*) FROM t; COMMIT",
        "BEGIN; SET x.a = 'whole'; SELECT 1/0; COMMIT",
        "INSERT INTO log(who) VALUES ('kept'); SET x.a = 'multi'; SELECT 1"
    };

    /** Transactions without an access mode of all levels, which begin on standbys where pgrouter may do that. */
    private static final String[] LEVELS = {
        "BEGIN",
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "BEGIN; SELECT count(*) FROM t",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ",
        "ROLLBACK; SELECT count(*) FROM t",
        "SAVEPOINT a",
        "SAVEPOINT b",
        "ROLLBACK TO a",
        "ROLLBACK TO b",
        "RELEASE b",
        "ROLLBACK AND CHAIN",
        "COMMIT",
        "COMMIT"
    };

    private static final String[] NAMES = {"", "", "p1", "p2"};

    private final Random random;

    /** How many of a hundred statements are of {@link #LEVELS}. */
    private final int levels;

    /**
     * Messages that are sent at once.
     *
     * @param readies how many ReadyForQuery they are answered with
     */
    record Step(String text, byte[] bytes, int readies) {
        /** Where a pipeline is cut into two writes, as a client does that waits, or TCP: at any byte, the same for the same text. */
        int pause() {
            return namesStatement() ? Math.floorMod(text.hashCode(), bytes.length) : 0;
        }

        boolean namesStatement() {
            return text.startsWith("pipeline:");
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private RandomSession(long seed, int levels) {
        this.random = new Random(seed);
        this.levels = levels;
    }

    static RandomSession of(long seed) {
        return new RandomSession(seed, 0);
    }

    /** With many transactions of all isolation levels. */
    static RandomSession ofTransactions(long seed) {
        return new RandomSession(seed, 25);
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        int count = 5 + random.nextInt(20);
        if (random.nextInt(8) == 0) {
            steps.add(listening());
        }
        for (int i = 0; i < count; i++) {
            steps.add(random.nextInt(4) == 0 ? pipeline() : simple());
        }
        return steps;
    }

    /** A primary lets a read-only transaction listen and notify, a standby refuses both: so they stand before any. */
    private static Step listening() {
        String sql = "LISTEN channel; NOTIFY channel, 'to itself'";
        return new Step(sql, query(sql), 1);
    }

    private Step simple() {
        String sql = statement();
        return new Step(sql, query(sql), 1);
    }

    private String statement() {
        if (levels > 0 && random.nextInt(100) < levels) {
            return any(LEVELS);
        }
        int kind = random.nextInt(100);
        if (kind < 40) {
            return any(READS);
        }
        if (kind < 55) {
            return any(WRITES);
        }
        if (kind < 62) {
            return any(ERRORS);
        }
        return kind < 85 ? any(STATES) : any(TRANSACTIONS);
    }

    private String any(String[] texts) {
        return texts[random.nextInt(texts.length)].replace("%d", "" + (random.nextInt(3) + 64));
    }

    private Step pipeline() {
        StringBuilder text = new StringBuilder("pipeline:");
        List<byte[]> messages = new ArrayList<>();
        int readies = 0;
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            one(messages, text);
            if (random.nextInt(3) == 0) {
                messages.add(sync());
                text.append(" | Sync");
                readies++;
            }
        }
        messages.add(sync());
        text.append(" | Sync");
        return new Step(text.toString(), join(messages.toArray(byte[][]::new)), readies + 1);
    }

    private void one(List<byte[]> messages, StringBuilder text) {
        String name = NAMES[random.nextInt(NAMES.length)];
        int kind = random.nextInt(10);
        if (kind < 6) {
            String sql = inPipeline();
            messages.add(parse(name, sql));
            messages.add(bindNothing(name));
            messages.add(describePortal());
            messages.add(execute());
            text.append(" | ").append(name).append(": ").append(sql);
        } else if (kind < 8) {
            messages.add(bindNothing(name));
            messages.add(execute());
            text.append(" | again ").append(name);
        } else if (kind == 8) {
            messages.add(describeStatement(name));
            messages.add(flush());
            text.append(" | describe ").append(name);
        } else {
            messages.add(random.nextBoolean() ? closeStatement(name) : closePortal(""));
            text.append(" | close ").append(name);
        }
    }

    /**
     * COPY FROM STDIN in a pipeline would swallow what follows it. What must come before any query of its transaction may come
     * behind a Parse of pgrouter's own there.
     */
    private String inPipeline() {
        String sql = statement();
        boolean first = sql.contains("REPEATABLE") || sql.contains("READ WRITE");
        return first || sql.startsWith("COPY log") ? "SELECT 1" : sql;
    }
}

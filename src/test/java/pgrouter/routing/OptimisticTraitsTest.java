package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.routing.Traits.CONTROLS_TRANSACTION;
import static pgrouter.routing.Traits.FOR_WRITER;
import static pgrouter.routing.Traits.NOT_OPTIMISTIC;
import static pgrouter.routing.Traits.ONE_SNAPSHOT;
import static pgrouter.routing.Traits.OPEN_TRANSACTION;
import static pgrouter.routing.Traits.VARIES;
import static pgrouter.routing.Traits.WRITER;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The traits by which a transaction that begins on a standby stays there, or moves to the primary. */
final class OptimisticTraitsTest {
    private static long scan(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return new SqlScanner().scan(bytes, 0, bytes.length, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                "begin work",
                "START TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "BEGIN ISOLATION LEVEL REPEATABLE READ",
                "BEGIN NOT DEFERRABLE"
            })
    void aTransactionWithoutAnAccessModeMayBeginOnAStandby(String sql) {
        assertThat(scan(sql) & ~ONE_SNAPSHOT).isEqualTo(CONTROLS_TRANSACTION | OPEN_TRANSACTION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "END WORK",
                "ROLLBACK",
                "ABORT",
                "SAVEPOINT a",
                "RELEASE SAVEPOINT a",
                "release a",
                "ROLLBACK TO SAVEPOINT a",
                "SET LOCAL work_mem = '1MB'",
                "SET LOCAL app.tenant = '1'",
                "SET LOCAL TIME ZONE 'UTC'",
                "SET TRANSACTION READ ONLY, NOT DEFERRABLE",
                "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            })
    void aTransactionOfAStandbyCanRunItsOwnControl(String sql) {
        assertThat(Traits.has(scan(sql), NOT_OPTIMISTIC)).isFalse();
        assertThat(Traits.has(scan(sql), CONTROLS_TRANSACTION)).isTrue();
        assertThat(Traits.has(scan(sql), FOR_WRITER)).as("elsewhere").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN READ WRITE",
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "COMMIT PREPARED 'x'",
                "ROLLBACK PREPARED 'x'",
                "PREPARE TRANSACTION 'x'",
                "SET TRANSACTION READ WRITE",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SET TRANSACTION SNAPSHOT '00000003-1'",
                "SET TRANSACTION U&\"x\"",
                "SET LOCAL transaction_read_only = off",
                "SET LOCAL TRANSACTION READ WRITE",
                "SET LOCAL SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
                "SET CONSTRAINTS ALL DEFERRED",
                "SET work_mem = '1MB'",
                "SET local.x = 1",
                "BEGIN; INSERT INTO t VALUES (1)"
            })
    void anyOtherControlIsForThePrimary(String sql) {
        assertThat(Traits.has(scan(sql), WRITER)).isTrue();
    }

    @Test
    void aChainedTransactionIsForThePrimary() {
        assertThat(Traits.has(scan("COMMIT AND CHAIN"), NOT_OPTIMISTIC)).isTrue();
        assertThat(Traits.has(scan("COMMIT AND NO CHAIN"), NOT_OPTIMISTIC)).isFalse();
    }

    @Test
    void aTransactionWithOneSnapshotIsKnown() {
        assertThat(Traits.has(scan("BEGIN ISOLATION LEVEL REPEATABLE READ"), ONE_SNAPSHOT))
                .isTrue();
        assertThat(Traits.has(scan("BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"), ONE_SNAPSHOT))
                .isTrue();
        assertThat(scan("begin transaction isolation level repeatable read, read only;"))
                .isEqualTo(Traits.READ_ONLY_TRANSACTION | ONE_SNAPSHOT);
        assertThat(Traits.has(scan("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION READ ONLY"), ONE_SNAPSHOT))
                .isTrue();
        assertThat(Traits.has(scan("BEGIN ISOLATION LEVEL READ COMMITTED"), ONE_SNAPSHOT))
                .isFalse();
        assertThat(Traits.has(scan("BEGIN ISOLATION LEVEL REPEATABLE READ; COMMIT; BEGIN"), ONE_SNAPSHOT))
                .isFalse();
        assertThat(Traits.has(scan("BEGIN ISOLATION LEVEL SERIALIZABLE"), ONE_SNAPSHOT))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT now()",
                "SELECT pg_catalog.now()",
                "SELECT \"now\"()",
                "SELECT CURRENT_TIMESTAMP",
                "SELECT current_timestamp(3)",
                "SELECT * FROM t WHERE d = Current_Date",
                "SELECT localtime, LOCALTIMESTAMP, current_time",
                "SELECT clock_timestamp()",
                "SELECT statement_timestamp()",
                "SELECT timeofday()",
                "SELECT age(born) FROM t",
                "SELECT 'now'::timestamptz",
                "SELECT date 'TOMORROW'",
                "SELECT timestamp ' today 10:00'",
                "SELECT $$yesterday$$::date",
                "SELECT * FROM t ORDER BY random() LIMIT 1",
                "SELECT gen_random_uuid()",
                "SELECT uuidv7()",
                "SELECT pg_sleep(1)",
                "SELECT version()",
                "SELECT inet_client_addr()",
                "SELECT pg_xact_status('1')",
                "SELECT pg_table_size('t')",
                "SELECT * FROM t TABLESAMPLE system (10)",
                "SELECT * FROM pg_timezone_names",
                "SELECT * FROM \"pg_available_extensions\"",
                "SHOW work_mem",
                "EXPLAIN SELECT * FROM t",
                "EXPLAIN (ANALYZE) SELECT * FROM t",
                "/* pgrouter: reader */ SELECT pg_backend_pid()",
                "/* pgrouter: reader */ SELECT pg_is_in_recovery()",
                "/* pgrouter: reader */ SELECT * FROM pg_stat_activity",
                "/* pgrouter: reader */ SELECT current_setting('port')"
            })
    void aResultThatMayVaryIsKnown(String sql) {
        assertThat(Traits.has(scan(sql), VARIES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM t WHERE id = $1 AND name = 'a'",
                "SELECT now, age, version, random FROM t",
                "SELECT \"current_date\" FROM t",
                "SELECT 'Acknowledge', 'nowhere', 'snow', 'nowadays'' todays'",
                "SELECT '2026-01-01'::date, DATE 'epoch', 'infinity'::timestamp",
                "SELECT current_user, session_user, current_schema()",
                "SELECT current_setting('app.tenant')",
                "SELECT lo_get(1)",
                "SELECT xmin, ctid FROM t",
                "SELECT count(*), max(a) FROM t GROUP BY b",
                "VALUES (1)",
                "COPY t TO STDOUT"
            })
    void aResultOfTheDataAloneDoesNotVary(String sql) {
        assertThat(Traits.has(scan(sql), VARIES)).isFalse();
    }

    /** Beyond the longest text of a date, a string is not searched. */
    @Test
    void aLongStringIsNoDate() {
        assertThat(Traits.has(scan("SELECT '" + " ".repeat(140) + "now'"), VARIES))
                .isTrue();
        assertThat(Traits.has(scan("SELECT '" + " ".repeat(400) + "now'"), VARIES))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT a FROM t ORDER BY b LIMIT 2",
                "select a from (select a from t order/**/by b) s",
                "SELECT array_agg(a ORDER BY b) FROM t",
                "COPY (SELECT a FROM t ORDER BY a) TO STDOUT"
            })
    void aTextThatOrdersRowsIsKnown(String sql) {
        assertThat(scan(sql) & Traits.ORDERED).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT a FROM t", "SELECT 'ORDER BY' -- ORDER BY", "SELECT \"order\" FROM orders"})
    void aTextThatOrdersNothingIsKnown(String sql) {
        assertThat(scan(sql) & Traits.ORDERED).isZero();
    }
}

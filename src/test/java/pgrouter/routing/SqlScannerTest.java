package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.routing.StateTraits.ADVISORY;
import static pgrouter.routing.StateTraits.CHANGES;
import static pgrouter.routing.StateTraits.TEMPORARY;
import static pgrouter.routing.StateTraits.UNKNOWN;
import static pgrouter.routing.Traits.FOR_WRITER;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.NAMES_STATEMENT;
import static pgrouter.routing.Traits.READS;
import static pgrouter.routing.Traits.READ_ONLY_TRANSACTION;
import static pgrouter.routing.Traits.WRITER;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlScannerTest {
    private static final long SEED = 5432;

    private static long scan(String sql) {
        return scan(sql, true);
    }

    private static long scan(String sql, boolean standardStrings) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return new SqlScanner().scan(bytes, 0, bytes.length, standardStrings);
    }

    private static StateTraits state(String sql) {
        return state(sql, true);
    }

    private static StateTraits state(String sql, boolean standardStrings) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        SqlScanner scanner = new SqlScanner();
        scanner.scan(bytes, 0, bytes.length, standardStrings);
        return scanner.state();
    }

    private static boolean isStateOnWriter(String sql) {
        return Traits.has(scan(sql), FOR_WRITER) && state(sql).has(CHANGES);
    }

    private static boolean isForWriter(String sql) {
        return Traits.has(scan(sql), FOR_WRITER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "select * from t where id = $1",
                "((SELECT 1) UNION (SELECT 2))",
                "VALUES (1), (2)",
                "TABLE t",
                "WITH a AS (SELECT 1) SELECT * FROM a",
                "EXPLAIN ANALYZE SELECT * FROM t",
                "COPY t TO STDOUT",
                "COPY (SELECT id FROM t WHERE (a = b)) TO STDOUT (FORMAT csv)",
                "SELECT 1; SELECT 2;",
                "SELECT 'INSERT INTO w', $$ UPDATE $$ FROM t -- DELETE",
                "SELECT \"insert\", \"update\", \"into\" FROM \"delete\"",
                "SELECT count(*), coalesce(max(a), 0) FROM t GROUP BY b HAVING sum(c) > 1",
                "SELECT for_update, update_time, \"FOR\" FROM t",
                "SELECT 'set_config(1)' AS \"Set_Config\""
            })
    void aReadIsForAReaderAndKnownToRead(String sql) {
        assertThat(scan(sql) & ~(Traits.MULTIPLE | Traits.VARIES)).isEqualTo(READS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", " ; ; ", "-- only a comment", "/* SELECT nextval('s') */"})
    void anEmptyTextSaysNothing(String sql) {
        assertThat(scan(sql)).isEqualTo(Traits.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t VALUES (1)",
                "update t set a = 1",
                "DELETE FROM t",
                "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE",
                "TRUNCATE t",
                "DROP TABLE t",
                "ALTER SYSTEM SET work_mem = '5MB'",
                "CHECKPOINT",
                "LOCK TABLE t IN ACCESS SHARE MODE",
                "SHOW transaction_read_only",
                "NOTIFY c",
                "DO $$ BEGIN END $$",
                "CALL p()",
                "FETCH 1 FROM c",
                "COMMIT",
                "/* SELECT */ INSERT INTO t VALUES (1)",
                "; ; DELETE FROM t",
                "\uFEFFSELECT 1",
                "\"select\" 1",
                "1",
                "'SELECT 1'",
                "(((",
                "()"
            })
    void anOpeningThatIsNotARead(String sql) {
        assertThat(isForWriter(sql)).isTrue();
        assertThat(Traits.has(scan(sql), READS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; INSERT INTO t VALUES (1)",
                "SELECT ';'; DELETE FROM t",
                "SELECT $$;$$; DELETE FROM t",
                "SELECT $a$ $b$ $a$; DELETE FROM t",
                "SELECT 1 /* ; */; DELETE FROM t",
                "SELECT 1 /* /* */ ; */; DELETE FROM t",
                "SELECT E'\\''; DELETE FROM t --'",
                "SELECT '\\'; DELETE FROM t --'",
                "SELECT E'a'\n'\\''; DELETE FROM t --'",
                "SELECT \"a\"\"b\"; DELETE FROM t",
                "SELECT 1 --\n; DELETE FROM t",
                "SELECT 1 -- \r; DELETE FROM t",
                "SELECT a$$; DELETE FROM t --$$",
                "SELECT 1;(DELETE FROM t)"
            })
    void aWriteBehindASemicolonIsSeen(String sql) {
        assertThat(isForWriter(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH a AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM a",
                "WITH a AS (UPDATE t SET b = 1 RETURNING 1) SELECT * FROM a",
                "(WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a)",
                "EXPLAIN ANALYZE UPDATE t SET a = 1",
                "EXPLAIN (ANALYZE) DELETE FROM t",
                "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1",
                "SELECT * INTO x FROM t",
                "SELECT * FROM t FOR UPDATE",
                "SELECT * FROM t FOR NO KEY UPDATE",
                "SELECT * FROM t FOR SHARE",
                "SELECT * FROM t FOR/**/KEY--\nSHARE",
                "COPY (SELECT * FROM t FOR UPDATE) TO STDOUT",
                "SELECT nextval('s')",
                "SELECT pg_switch_wal()"
            })
    void aRefusalIsForeseen(String sql) {
        assertThat(isForWriter(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY t FROM STDIN",
                "COPY t FROM STDOUT",
                "COPY t TO '/tmp/f'",
                "COPY t TO PROGRAM 'cat'",
                "COPY (SELECT 1 AS \"to stdout\") TO PROGRAM 'cat'",
                "COPY (TABLE t) TO '/tmp/to stdout'",
                "COPY t TO /* STDOUT */ '/tmp/f'",
                "COPY t (\"to\", stdout) TO '/tmp/f'",
                "COPY t TO \"stdout\""
            })
    void aCopyElsewhereThanToTheClientIsForTheWriter(String sql) {
        assertThat(isForWriter(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_advisory_lock(1)",
                "PG_Advisory_Lock (1)",
                "\"pg_advisory_lock\"(1)",
                "pg_catalog.pg_advisory_lock(1)",
                "\"pg_catalog\" . \"pg_advisory_lock\" (1)",
                "pg_catalog/**/./* /* */ */pg_advisory_lock -- x\n(1)",
                "U&\"pg\\005fadvisory_lock\"(1)",
                "u&\"pg!005fadvisory_lock\" UESCAPE '!' (1)",
                "1, '', E'\\'', $$'$$, pg_advisory_lock(1)",
                "E'a' '\\', pg_advisory_lock(1), ''",
                "U&'\\', pg_advisory_lock(1), ''",
                "b'\\', pg_advisory_lock(1), ''",
                "$1$$'$$, pg_advisory_lock(1), '$$'",
                "a$$, pg_advisory_lock(1), b$$",
                "- -1 + pg_advisory_lock(1)",
                "1 */* */ pg_advisory_lock(1)",
                "$é$'$é$, pg_advisory_lock(1), $é$'$é$",
                "(SELECT 1 FROM ROWS FROM (pg_advisory_lock(1)))",
                "(VALUES (pg_advisory_lock(1)))"
            })
    void anAdvisoryLockIsSeenWhateverSurroundsIt(String expression) {
        assertThat(isStateOnWriter("SELECT " + expression)).as("SELECT").isTrue();
        assertThat(isStateOnWriter("COPY (SELECT " + expression + ") TO STDOUT"))
                .as("COPY")
                .isTrue();
        assertThat(isStateOnWriter("EXPLAIN ANALYZE SELECT " + expression))
                .as("EXPLAIN")
                .isTrue();
        assertThat(isStateOnWriter("INSERT INTO t SELECT " + expression))
                .as("INSERT")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'pg_advisory_lock(1)'",
                "E'\\', pg_advisory_lock(1)'",
                "E'a'\n'\\', pg_advisory_lock(1)'",
                "$$ pg_advisory_lock(1) $$",
                "$a$ $$, pg_advisory_lock(1) $a$",
                "1 /* , pg_advisory_lock(1) */",
                "1 -- , pg_advisory_lock(1)",
                "\"PG_ADVISORY_LOCK\"",
                "\"a.pg_advisory_lock\"",
                "pg_advisory",
                "my_pg_advisory_lock"
            })
    void anAdvisoryLockThatIsOnlyMentionedIsNone(String expression) {
        assertThat(scan("SELECT " + expression)).isEqualTo(READS);
    }

    @Test
    void standardStringsDecideWhereAStringEnds() {
        String endsBefore = "SELECT '\\', pg_advisory_lock(1), ''";
        String endsBehind = "SELECT '\\'', pg_advisory_lock(1), '";
        assertThat(state(endsBefore, true).has(CHANGES)).isTrue();
        assertThat(state(endsBefore, false).has(CHANGES)).isFalse();
        assertThat(state(endsBehind, true).has(CHANGES)).isFalse();
        assertThat(state(endsBehind, false).has(CHANGES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "currval('s')",
                "lastval()",
                "pg_is_in_recovery()",
                "pg_backend_pid()",
                "inet_server_addr()",
                "pg_export_snapshot()",
                "lo_export(1, 'f')",
                "dblink('', 'insert')",
                "pg_reload_conf()",
                "pg_stat_reset()",
                "* FROM pg_stat_activity",
                "* FROM pg_catalog.pg_locks",
                "* FROM \"pg_settings\"",
                "last_value FROM s"
            })
    void whatAStandbyAnswersDifferentlyIsForTheWriter(String expression) {
        assertThat(isForWriter("SELECT " + expression)).isTrue();
        assertThat(isForWriter("COPY (SELECT " + expression + ") TO STDOUT")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET a = 1",
                "SET SESSION a = 1",
                "set /* x */ search_path to b",
                "SET TIME ZONE 'UTC'",
                "SET ROLE r",
                "SET SESSION AUTHORIZATION r",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "RESET ALL",
                "DISCARD ALL",
                "LISTEN c",
                "UNLISTEN *",
                "LOAD 'x'",
                "SELECT set_config('a', 'b', false)",
                "SELECT \"set_config\"('a', 'b', false)",
                "SELECT \"pg_catalog\".\"set_config\"('a', 'b', false)",
                "SELECT setseed(0.5)",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                "CREATE TEMP TABLE t (a int)",
                "CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1",
                "CREATE LOCAL TEMP SEQUENCE s",
                "CREATE TABLE pg_temp.t (a int)",
                "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'select 1'",
                "SELECT 1 AS a INTO TEMP t",
                "SELECT 1; SET a = 1; SELECT 2"
            })
    void sessionStateIsSeen(String sql) {
        assertThat(isStateOnWriter(sql)).isTrue();
    }

    /** The schema of temporary tables is a name, which quotes do not change. */
    @ParameterizedTest
    @ValueSource(strings = {"CREATE TABLE \"pg_temp\".t (a int)", "SELECT 1 AS a INTO \"pg_temp\".t"})
    void aTemporaryTableIsSeenBehindAQuotedSchema(String sql) {
        assertThat(isForWriter(sql)).isTrue();
        assertThat(state(sql).only(CHANGES)).isEqualTo(TEMPORARY);
    }

    @Test
    void explainAnalyzeMakesTheTemporaryTable() {
        assertThat(state("EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1").has(CHANGES))
                .isTrue();
    }

    /** LOCAL, TRANSACTION and CONSTRAINTS are no reserved words: a parameter of an extension may begin with them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET local.tenant = '1'",
                "SET transaction.x TO 1",
                "SET constraints . x = 1",
                "SET local/**/.x = 1"
            })
    void aParameterThatBeginsLikeAPassingSettingStays(String sql) {
        assertThat(state(sql).has(CHANGES)).isTrue();
    }

    /** It may be any function, so also one that changes the session. */
    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT U&\"\\0073et_config\"('a', 'b', false)", "CREATE TABLE U&\"pg\\005ftemp\".t (a int)"})
    void aNameWithUnicodeEscapesMayChangeTheSession(String sql) {
        assertThat(scan(sql) & (WRITER | MAY_WRITE)).isEqualTo(WRITER | MAY_WRITE);
        assertThat(state(sql).only(CHANGES)).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET LOCAL a = 1",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SET CONSTRAINTS ALL DEFERRED",
                "CREATE TABLE t (a int)",
                "CREATE TABLE template (a int)",
                "DECLARE c CURSOR FOR SELECT 1",
                "PREPARE TRANSACTION 'x'",
                "INSERT INTO hold VALUES (1)"
            })
    void whatEndsWithItsTransactionIsNoState(String sql) {
        assertThat(isForWriter(sql)).isTrue();
        assertThat(state(sql).has(CHANGES)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PREPARE p AS SELECT 1",
                "prepare \"p\" (int) AS SELECT $1",
                "EXECUTE p",
                "EXECUTE P (1, 'a')",
                "DEALLOCATE p",
                "DEALLOCATE PREPARE p",
                "EXPLAIN EXECUTE p",
                "EXPLAIN ANALYZE EXECUTE p(1)"
            })
    void statementsThatSqlNamesAreSeen(String sql) {
        assertThat(Traits.has(scan(sql), NAMES_STATEMENT)).isTrue();
        SqlScanner scanner = new SqlScanner();
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        scanner.scan(bytes, 0, bytes.length, true);
        assertThat(scanner.statements()).containsExactly("p");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "END WORK",
                "ROLLBACK TRANSACTION",
                "ABORT",
                "COMMIT AND NO CHAIN",
                "ROLLBACK AND CHAIN"
            })
    void theEndOfATransactionIsSeen(String sql) {
        assertThat(Traits.has(scan(sql), Traits.ENDS_FIRST)).isTrue();
        assertThat(Traits.has(scan(sql), Traits.CHAINS)).isEqualTo(sql.endsWith("AND CHAIN"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROLLBACK TO a", "ROLLBACK WORK TO SAVEPOINT chain", "COMMIT PREPARED 'x'", "RELEASE a"})
    void whatEndsNoTransactionOfTheSessionIsNoEnd(String sql) {
        assertThat(Traits.has(scan(sql), Traits.ENDS_FIRST | Traits.CHAINS)).isFalse();
        assertThat(isForWriter(sql)).isTrue();
    }

    @Test
    void whatExecuteDoesIsUpToTheStatement() {
        assertThat(scan("EXECUTE p(1)")).isEqualTo(NAMES_STATEMENT);
        assertThat(isForWriter("EXPLAIN EXECUTE p(1)")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE TABLE t AS EXECUTE p", "CREATE TEMP TABLE t AS EXECUTE p(1)"})
    void aTableMadeByAPreparedStatementUsesIt(String sql) {
        assertThat(Traits.has(scan(sql), NAMES_STATEMENT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN READ ONLY",
                "START TRANSACTION READ WRITE, READ ONLY",
                "BEGIN ISOLATION LEVEL READ COMMITTED READ /* x */ ONLY NOT DEFERRABLE"
            })
    void aReadOnlyTransactionIsForAReader(String sql) {
        assertThat(scan(sql)).isEqualTo(READ_ONLY_TRANSACTION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN READ ONLY; SELECT 1",
                "BEGIN READ ONLY; SELECT 1; COMMIT",
                "SELECT 1; BEGIN READ ONLY",
                "BEGIN READ ONLY; SELECT 1; ROLLBACK WORK;"
            })
    void aWholeReadOnlyTransactionIsForAReader(String sql) {
        assertThat(scan(sql)).isEqualTo(READ_ONLY_TRANSACTION | READS | Traits.MULTIPLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                "START TRANSACTION",
                "BEGIN READ WRITE",
                "BEGIN READ ONLY, READ WRITE",
                "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY",
                "BEGIN READ ONLY, ISOLATION LEVEL SERIALIZABLE, DEFERRABLE",
                "BEGIN ISOLATION LEVEL READ COMMITTED",
                "BEGIN /* READ ONLY */",
                "BEGIN; SELECT 1",
                "BEGIN READ ONLY; BEGIN",
                "BEGIN READ ONLY; COMMIT AND CHAIN",
                "BEGIN READ ONLY; INSERT INTO t VALUES (1)",
                "BEGIN READ ONLY; COMMIT; BEGIN"
            })
    void anyOtherTransactionIsForTheWriter(String sql) {
        assertThat(isForWriter(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT f(1)",
                "SELECT \"f\"(1)",
                "SELECT s.f/**/(1)",
                "SELECT * FROM f (1)",
                "COPY (SELECT f()) TO STDOUT",
                "EXPLAIN ANALYZE SELECT f()",
                "SELECT 1 WHERE EXISTS (SELECT f())"
            })
    void aFunctionThatIsNotKnownMayWrite(String sql) {
        assertThat(scan(sql) & ~Traits.VARIES).isEqualTo(READS | MAY_WRITE);
    }

    /** Many keywords are names of functions where somebody makes one. */
    @ParameterizedTest
    @ValueSource(
            strings = {"write", "read", "start", "copy", "load", "reset", "prepare", "hold", "key", "share", "local"})
    void aFunctionThatIsNamedAsAKeywordMayWrite(String name) {
        assertThat(Traits.has(scan("SELECT " + name + "('x')"), MAY_WRITE)).isTrue();
    }

    @Test
    void aMegabyteIsScannedToItsEnd() {
        String values = "(1, 'a''b', $$c$$, \"d\", E'\\'') /* e */, ".repeat(26_000);
        assertThat(values.length()).isGreaterThan(1_000_000);
        assertThat(scan("VALUES " + values + "(1)")).isEqualTo(READS);
        String sql = "VALUES " + values + "(pg_advisory_lock(1))";
        assertThat(scan(sql)).isEqualTo(READS | WRITER);
        assertThat(state(sql)).isEqualTo(ADVISORY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/*/*/*",
                "$a$a$a",
                "''''''",
                "(",
                "a(",
                "; ",
                "SELECT ",
                "E''\n",
                "\"\"",
                "U&\"\"",
                "for update "
            })
    void aMegabyteOfTheSameIsScannedToItsEnd(String piece) {
        long traits = scan(piece.repeat(1024 * 1024 / piece.length()));
        assertThat(traits).isNotNegative();
    }

    /** Whatever the text is: with a write in front the answer is the writer, and a scanner keeps nothing from text to text. */
    @Test
    void randomBytesDoNotUpsetTheScanner() {
        Random random = new Random(SEED);
        SqlScanner used = new SqlScanner();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            assertThat(used.scan(bytes, 0, bytes.length, true))
                    .isEqualTo(new SqlScanner().scan(bytes, 0, bytes.length, true));
            String behindAWrite = "DELETE FROM t " + new String(bytes, StandardCharsets.ISO_8859_1);
            assertThat(isForWriter(behindAWrite)).isTrue();
        }
    }

    @Test
    void onlyTheGivenPartOfTheArrayIsScanned() {
        byte[] bytes = "DELETE SELECT 1; DELETE".getBytes(StandardCharsets.US_ASCII);
        assertThat(new SqlScanner().scan(bytes, 7, 15, true)).isEqualTo(READS);
        assertThat(new SqlScanner().scan(bytes, 7, 7, true)).isEqualTo(Traits.NONE);
    }

    /** The value of an option is looked at as it is written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXPLAIN (ANALYZE \"fals",
                "EXPLAIN (ANALYZE \"",
                "EXPLAIN (ANALYZE E'fals\\",
                "EXPLAIN (ANALYZE $a$ $a"
            })
    void whatDoesNotEndIsReadNoFurther(String sql) {
        assertThat(Traits.has(scan(sql), READS)).isTrue();
        assertThat(Traits.has(scan(sql + "\0\0"), READS)).isTrue();
    }

    /** What is behind SET in a body may be anything. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DO $$ BEGIN SET ; x $$",
                "DO $$ BEGIN SET",
                "DO $$ SELECT current_setting( ; x",
                "DO $$ SELECT set_config(;"
            })
    void aBodyThatIsNoneIsForTheWriter(String sql) {
        assertThat(isForWriter(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP DATABASE IF EXISTS tenant",
                "create database copy template tenant",
                "ALTER/* */DATABASE tenant RENAME TO other",
                "SELECT 1; ALTER DATABASE tenant SET TABLESPACE fast"
            })
    void aDatabaseIsMadeOrChanged(String sql) {
        assertThat(isForWriter(sql)).isTrue();
        assertThat(Traits.has(scan(sql), Traits.DATABASES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE database SET a = 1",
                "DROP TABLE database",
                "ALTER TABLE database ADD a int",
                "CREATE TABLE database (a int)",
                "DROP \"database\"",
                "SELECT 'DROP DATABASE tenant' FROM database",
                "COMMENT ON DATABASE tenant IS 'x'"
            })
    void noDatabaseIsMadeOrChanged(String sql) {
        assertThat(Traits.has(scan(sql), Traits.DATABASES)).isFalse();
    }
}

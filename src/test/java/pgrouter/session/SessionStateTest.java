package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameterDescription;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;

/** What changes a session holds on all its connections, or keeps it on the writer. */
final class SessionStateTest extends OnOneStandby {
    @Test
    void aParameterIsSetOnTheWriterAndGivenToTheReaderBeforeItsNextUse() throws Exception {
        setWorkMem();
    }

    private void setWorkMem() throws Exception {
        on(writer, "SET work_mem FROM CURRENT", "SET", 'I');
        writer.answerQuestion("setting work_mem", answer("setting", "work_mem", "7MB"));
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('work_mem', '7MB', false)", row("7MB"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        on(reader, "SELECT 2", "SELECT 1", 'I');
    }

    @Test
    void aParameterThatDidNotChangeIsNotGivenAgain() throws Exception {
        setWorkMem();
        on(writer, "SET work_mem TO DEFAULT", "SET", 'I');
        writer.answerQuestion("setting work_mem", answer("setting", "work_mem", "7MB"));
        on(reader, "SELECT 3", "SELECT 1", 'I');
    }

    @Test
    void whatATransactionHasSetIsAskedForWhenItIsOver() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "SET work_mem = '7MB'", "SET", 'T');
        on(writer, "SELECT set_config('app.user', 'x', false)", "SELECT 1", 'T');
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
        writer.answerQuestion(
                "setting app.user, setting work_mem",
                answer("setting", "app.user", null),
                answer("setting", "work_mem", "4MB"));
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('work_mem', '4MB', false)", row("4MB"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aValueIsQuotedWhateverItHolds() throws Exception {
        on(writer, "SET app.x = 'a'", "SET", 'I');
        writer.answerQuestion("setting app.x", answer("setting", "app.x", "it's\\; DROP"));
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('app.x',  E'it''s\\\\; DROP', false)", row(""));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aReaderThatDoesNotTakeTheStateIsNotUsed() throws Exception {
        on(writer, "SET work_mem = '7MB'", "SET", 'I');
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('work_mem', '7MB', false)", error("42501", "no"), ready('I'));
        writer.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        reader.expectTerminate();
        on(writer, "SELECT 2", "SELECT 1", 'I');
    }

    @Test
    void aServerThatCannotAnswerLeavesReadsOnTheWriter() throws Exception {
        on(writer, "SET statement_timeout = 0 + 1", "SET", 'I');
        writer.read();
        writer.send(error("57014", "canceling statement due to statement timeout"), ready('I'));
        client.send(query("SELECT 1"));
        writer.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        writer.answerQuestion("setting statement_timeout", answer("setting", "statement_timeout", "0"));
        client.send(query("SELECT 2"));
        reader.answer("SELECT pg_catalog.set_config('statement_timeout', '0', false)", row("0"));
        reader.answer("SELECT 2", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aTemporaryTablePinsTheSessionUntilItIsGone() throws Exception {
        on(writer, "CREATE TEMP TABLE x (a int)", "CREATE TABLE", 'I');
        writer.answerQuestion("pin TEMPORARY", answer("pin", "TEMPORARY", "t"));
        on(writer, "SELECT 1", "SELECT 1", 'I');
        on(writer, "DROP TABLE x", "DROP TABLE", 'I');
        writer.answerQuestion("pin TEMPORARY", answer("pin", "TEMPORARY", "f"));
        stage.publish(new Lsn(2000), new Lsn(2000));
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void whatCannotBeAskedForPinsUntilDiscardAll() throws Exception {
        on(writer, "SELECT set_config(name, 'x', false) FROM t", "SELECT 1", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void aStatementOfSqlIsPreparedOnTheReaderBeforeItRunsThere() throws Exception {
        on(writer, "PREPARE p AS SELECT 1", "PREPARE", 'I');
        writer.answerQuestion("statement p", answer("statement", "p", "PREPARE p AS SELECT 1", "t"));
        writer.answer(List.of("Describe S p", "Sync"), parameterDescription(), rowDescription("c"), ready('I'));
        client.send(query("EXECUTE p"));
        reader.expect("Query PREPARE p AS SELECT 1", "Describe S p", "Sync");
        reader.send(complete("PREPARE"), ready('I'), parameterDescription(), rowDescription("c"), ready('I'));
        reader.answer("EXECUTE p", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        on(reader, "DEALLOCATE p", "DEALLOCATE", 'I');
        client.send(query("EXECUTE p"));
        writer.answer(List.of("Close S p", "Sync"), closeComplete(), ready('I'));
        writer.answer("EXECUTE p", error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void setLocalAndSetTransactionDoNot() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "SET LOCAL work_mem = '7MB'", "SET", 'T');
        on(writer, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET", 'T');
        on(writer, "COMMIT", "COMMIT", 'I');
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void aLocalValueLeavesTheNameOfAParameterThatWasAskedForInVain() throws Exception {
        client.send(query("SET app.x = 'a'; SELECT 1/0"));
        writer.answer("SET app.x = 'a'; SELECT 1/0", complete("SET"), error("22012", "zero"), ready('I'));
        client.expect("Complete SET", "ERROR 22012 zero", "Ready I");
        writer.answerQuestion("setting app.x", answer("setting", "app.x", null));
        on(writer, "SELECT set_config('app.x', 'b', true)", "SELECT 1", 'I');
        writer.answerQuestion("setting app.x", answer("setting", "app.x", ""));
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('app.x', '', false)", row(""));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
    }

    @Test
    void stateOfAReadOnlyTransactionIsGivenToTheWriter() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SET search_path = tenant_b", "SET", 'T');
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        reader.answerQuestion("setting search_path", answer("setting", "search_path", "tenant_b"));
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.answer("SELECT pg_catalog.set_config('search_path', 'tenant_b', false)", row("tenant_b"));
        writer.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    @Test
    void sqlThatUsesStatementsByNameFindsThoseOfTheStandbyOnTheWriter() throws Exception {
        client.send(parse("s1", "SELECT 1"), sync());
        reader.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(query("EXPLAIN EXECUTE s1"));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        writer.answer("EXPLAIN EXECUTE s1", complete("EXPLAIN"), ready('I'));
        client.expect("Complete EXPLAIN", "Ready I");
    }

    @Test
    void aStatementThatNoLongerParsesDoesNotKeepAQueryFromItsAnswer() throws Exception {
        client.send(parse("s1", "SELECT * FROM gone"), sync());
        reader.answer(List.of("Parse s1: SELECT * FROM gone", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(query("EXPLAIN EXECUTE s1"));
        writer.answer(List.of("Parse s1: SELECT * FROM gone", "Sync"), error("42P01", "gone"), ready('I'));
        writer.answer("EXPLAIN EXECUTE s1", error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void aHintInALeadingCommentDecides() throws Exception {
        on(writer, "/* pgrouter: writer */ SELECT 1", "SELECT 1", 'I');
        on(reader, "/* pgrouter: reader */ SELECT 1 FROM pg_stat_activity", "SELECT 1", 'I');
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void aReaderHintOverridesNeitherAPinNorARefusal() throws Exception {
        client.send(query("/* pgrouter: reader */ UPDATE t SET a = 1"));
        reader.answer("/* pgrouter: reader */ UPDATE t SET a = 1", error("25006", "read-only"), ready('I'));
        writer.answer("/* pgrouter: reader */ UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
        on(writer, "LOAD 'x'", "LOAD", 'I');
        on(writer, "/* pgrouter: reader */ SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void aLockOfAReadOnlyTransactionIsTakenOnTheWriterToo() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SELECT pg_advisory_lock(1); BEGIN", "BEGIN", 'T');
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        writer.answer("SELECT pg_advisory_lock(1); BEGIN", complete("SELECT 1"), complete("BEGIN"), ready('T'));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
        reader.expectTerminate();
        writer.answerQuestion("pin ADVISORY", answer("pin", "ADVISORY", "t"));
        on(writer, "SELECT 1", "SELECT 1", 'I');
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "f"})
    void aLockOutlivesARollbackWhereItWasTakenBefore(String held) throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(query("SELECT 1/0; SELECT pg_advisory_lock(1)"));
        reader.answer("SELECT 1/0; SELECT pg_advisory_lock(1)", error("22012", "division by zero"), ready('E'));
        client.expect("ERROR 22012 division by zero", "Ready E");
        client.send(query("ROLLBACK"));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        assertThat(reader.read().fromClient())
                .startsWith("Query SELECT CASE WHEN EXISTS")
                .contains("'advisory'");
        reader.send(rowDescription("case"), dataRow(held), complete("SELECT 1"), ready('I'));
        if (held.equals("t")) {
            writer.answer("SELECT 1/0; SELECT pg_advisory_lock(1)", error("22012", "division by zero"), ready('I'));
            writer.answerQuestion("pin ADVISORY", answer("pin", "ADVISORY", "t"));
        } else {
            on(reader, "SELECT 1", "SELECT 1", 'I');
        }
    }

    @Test
    void aStatementTooLargeToKeepIsUsedAgainWhereItIs() throws Exception {
        String sql = "SELECT '" + "x".repeat(300_000) + "'";
        client.send(parse("s1", sql), sync());
        writer.answer(List.of("Parse s1: " + sql, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(bind("s1"), execute(), sync());
        writer.answer(List.of("Bind s1", "Execute", "Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void sqlThatUsesStatementsByNameFindsThemInATransactionToo() throws Exception {
        client.send(parse("s1", "SELECT 1"), sync());
        reader.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        on(writer, "BEGIN", "BEGIN", 'T');
        client.send(query("DEALLOCATE s1"));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('T'));
        writer.answer("DEALLOCATE s1", complete("DEALLOCATE"), ready('T'));
        client.expect("Complete DEALLOCATE", "Ready T");
    }

    @Test
    void aReaderHintOpensNoTransactionOnAStandbyAndSpeaksForItsOwnTextOnly() throws Exception {
        on(writer, "/* pgrouter: reader */ BEGIN", "BEGIN", 'T');
        on(writer, "COMMIT", "COMMIT", 'I');
        byte[] read = join(parse("", "/* pgrouter: reader */ SELECT 1"), bind(""), execute());
        client.send(read, parse("", "INSERT INTO t VALUES (1)"), bind(""), execute(), sync());
        writer.expect("Parse : /* pgrouter: reader */ SELECT 1", "Bind ", "Execute");
        writer.expect("Parse : INSERT INTO t VALUES (1)", "Bind ", "Execute", "Sync");
    }
}

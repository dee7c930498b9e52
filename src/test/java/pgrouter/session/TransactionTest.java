package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.FakePostgres.Connection;

/** A transaction stays on the connection on which it began, whatever its statements are. */
final class TransactionTest extends OnOneStandby {
    @Test
    void everythingBetweenBeginAndCommitStaysOnTheWriter() throws Exception {
        ask(writer, "BEGIN", "BEGIN", 'T');
        ask(writer, "SELECT 1", "SELECT 1", 'T');
        ask(writer, "COMMIT", "COMMIT", 'I');
        ask(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void readOnlyTransactionStaysOnTheReader() throws Exception {
        ask(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        ask(reader, "SELECT 1", "SELECT 1", 'T');
        ask(reader, "SHOW work_mem", "SHOW", 'T');
        ask(reader, "COMMIT", "COMMIT", 'I');
        ask(writer, "SHOW work_mem", "SHOW", 'I');
    }

    @Test
    void errorsOfAReadOnlyTransactionAreFinal() throws Exception {
        ask(reader, "START TRANSACTION READ ONLY", "START TRANSACTION", 'T');
        fail(reader, "INSERT INTO t VALUES (1)", "25006");
        fail(reader, "SELECT 1", "25P02");
        ask(reader, "ROLLBACK", "ROLLBACK", 'I');
        ask(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
    }

    @Test
    void failedTransactionStaysOnTheWriterUntilItsEnd() throws Exception {
        ask(writer, "BEGIN", "BEGIN", 'T');
        fail(writer, "SELECT 1/0", "22012");
        fail(writer, "SELECT 1", "25P02");
        ask(writer, "ROLLBACK", "ROLLBACK", 'I');
        ask(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void readOnlyTransactionThatOneStandbyCannotBeginIsTheWriters() throws Exception {
        client.send(query("BEGIN READ ONLY"));
        reader.answer("BEGIN READ ONLY", error("55000", "not now"), ready('I'));
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        ask(writer, "SELECT 1", "SELECT 1", 'T');
        ask(writer, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void settingOfAReadOnlyTransactionIsReported() throws Exception {
        ask(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(query("SET LOCAL TimeZone = 'UTC'"));
        reader.answer("SET LOCAL TimeZone = 'UTC'", complete("SET"), parameter("TimeZone", "UTC"), ready('T'));
        client.expect("Complete SET", "Parameter TimeZone=UTC", "Ready T");
    }

    @Test
    void aTransactionThatIsLostWithItsReaderHasFailed() throws Exception {
        ask(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        ask(reader, "SAVEPOINT a", "SAVEPOINT", 'T');
        reader.close();
        client.send(query("SELECT 1"));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
        client.send(query("SELECT 2"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        writer.answer("SELECT 2", error("25P02", "current transaction is aborted"), ready('E'));
        client.expect("ERROR 25P02 current transaction is aborted", "Ready E");
        client.send(query("ROLLBACK"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    @Test
    void whatFollowsTheEndOfAReadOnlyTransactionIsTheWriters() throws Exception {
        client.send(parse("p2", "BEGIN READ ONLY"), bind("p2"), execute(), sync());
        reader.answer(
                List.of("Parse p2: BEGIN READ ONLY", "Bind p2", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("BEGIN"),
                ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete BEGIN", "Ready T");
        client.send(parse("", "COMMIT"), bind(""), execute(), bind("p2"), execute(), sync());
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        writer.answer(List.of("Parse p2: BEGIN READ ONLY", "Sync"), parseComplete(), ready('I'));
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        writer.expect("Parse : COMMIT", "Bind ", "Execute", "Bind p2", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("COMMIT"), bindComplete(), complete("BEGIN"), ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete COMMIT");
        client.expect("BindComplete", "Complete BEGIN", "Ready T");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_export_snapshot()",
                "SELECT 1, pg_catalog.\"pg_export_snapshot\" ()",
                "SET TRANSACTION SNAPSHOT '00000003-0000001B-1'"
            })
    void snapshotsMeetOnThePrimary(String sql) throws Exception {
        String begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        ask(reader, begin, "BEGIN", 'T');
        client.send(query(sql));
        writer.answer(begin, complete("BEGIN"), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.answer(sql, complete("SELECT 1"), ready('T'));
        client.expect("Complete SELECT 1", "Ready T");
        ask(writer, "SELECT 1", "SELECT 1", 'T');
        ask(writer, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void aPreparedExportIsThePrimarysToo() throws Exception {
        ask(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(parse("", "SELECT pg_export_snapshot()"), bind(""), execute(), sync());
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.answer(
                List.of("Parse : SELECT pg_export_snapshot()", "Bind ", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("SELECT 1"),
                ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete SELECT 1", "Ready T");
    }

    @Test
    void aSnapshotThatIsTakenOnAStandbyIsNotExported() throws Exception {
        ask(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        ask(reader, "SELECT 1", "SELECT 1", 'T');
        client.send(query("SELECT pg_export_snapshot()"));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 0A000 ").endsWith("call pg_export_snapshot() first in it");
        client.expect("Ready E");
        client.send(query("ROLLBACK"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    private void ask(Connection backend, String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        backend.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    private void fail(Connection backend, String sql, String sqlState) throws Exception {
        client.send(query(sql));
        backend.answer(sql, error(sqlState, "no"), ready('E'));
        client.expect("ERROR " + sqlState + " no", "Ready E");
    }
}

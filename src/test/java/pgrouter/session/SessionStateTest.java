package pgrouter.session;

import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.testing.FakePostgres.Connection;

/** What changes a session keeps it on the writer, with the state there. */
final class SessionStateTest extends OnOneStandby {
    private void on(Connection backend, String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        backend.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    @Test
    void setKeepsTheSessionOnTheWriter() throws Exception {
        on(writer, "SET work_mem = '7MB'", "SET", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
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
    void stateOfAKeptReadOnlyTransactionIsSetOnTheWriterToo() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SET search_path = tenant_b", "SET", 'T');
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        writer.answer("SET search_path = tenant_b", complete("SET"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void stateOfAReadOnlyTransactionThatWasRolledBackIsNot() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SET search_path = tenant_b", "SET", 'T');
        on(reader, "ROLLBACK", "ROLLBACK", 'I');
        on(writer, "UPDATE t SET a = 1 WHERE false", "SELECT 0", 'I');
    }

    @Test
    void sqlThatUsesStatementsByNameFindsThoseOfTheStandbyOnTheWriter() throws Exception {
        client.send(parse("s1", "SELECT 1"), sync());
        reader.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(query("EXECUTE s1"));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        writer.answer("EXECUTE s1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aStatementThatNoLongerParsesDoesNotKeepAQueryFromItsAnswer() throws Exception {
        client.send(parse("s1", "SELECT * FROM gone"), sync());
        reader.answer(List.of("Parse s1: SELECT * FROM gone", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(query("LISTEN x"));
        writer.answer(List.of("Parse s1: SELECT * FROM gone", "Sync"), error("42P01", "gone"), ready('I'));
        writer.answer("LISTEN x", complete("LISTEN"), ready('I'));
        client.expect("Complete LISTEN", "Ready I");
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
        on(writer, "SET work_mem = '7MB'", "SET", 'I');
        on(writer, "/* pgrouter: reader */ SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void stateThatIsSetOnTheWriterLeavesNoTransactionOpenThere() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SET search_path = b; BEGIN", "BEGIN", 'T');
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        writer.answer("SET search_path = b; BEGIN", complete("SET"), complete("BEGIN"), ready('T'));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
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
        client.send(parse("", "/* pgrouter: reader */ SELECT 1"), bind(""), execute());
        client.send(parse("", "INSERT INTO t VALUES (1)"), bind(""), execute(), sync());
        writer.expect("Parse : /* pgrouter: reader */ SELECT 1", "Bind ", "Execute");
        writer.expect("Parse : INSERT INTO t VALUES (1)", "Bind ", "Execute", "Sync");
    }
}

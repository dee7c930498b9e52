package pgrouter.session;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.util.List;
import org.junit.jupiter.api.Test;

/** DEALLOCATE, of which drivers send one a statement, is answered where the statement is, and nobody is asked afterwards. */
final class DeallocateTest extends OnOneStandby {
    @Test
    void aStatementOfTheStandbyIsDeallocatedThere() throws Exception {
        prepareOnReader("pdo_stmt_1");
        on(reader, "DEALLOCATE pdo_stmt_1", "DEALLOCATE", 'I');
        expectNoQuestion();
        client.send(bindNothing("pdo_stmt_1"), execute(), sync());
        writer.answer(List.of("Bind pdo_stmt_1", "Execute", "Sync"), error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    private void prepareOnReader(String name) throws Exception {
        client.send(parse(name, "SELECT 1"), sync());
        reader.answer(List.of("Parse " + name + ": SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    @Test
    void aStatementOfThePrimaryIsDeallocatedThereWithoutAQuestion() throws Exception {
        prepareOnWriter("pdo_stmt_1");
        on(writer, "DEALLOCATE pdo_stmt_1", "DEALLOCATE", 'I');
        on(writer, "SHOW work_mem", "SHOW", 'I');
    }

    private void prepareOnWriter(String name) throws Exception {
        client.send(parse(name, "INSERT INTO t VALUES (1)"), sync());
        writer.answer(List.of("Parse " + name + ": INSERT INTO t VALUES (1)", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    @Test
    void aStatementOfBothIsDeallocatedOnTheStandbyAndClosedOnThePrimaryBeforeItsNextUse() throws Exception {
        prepareOnReader("s");
        on(writer, "BEGIN", "BEGIN", 'T');
        client.send(bindNothing("s"), execute(), sync());
        writer.answer(
                List.of("Parse s: SELECT 1", "Bind s", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("SELECT 1"),
                ready('T'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready T");
        on(writer, "COMMIT", "COMMIT", 'I');
        on(reader, "DEALLOCATE s", "DEALLOCATE", 'I');
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.answer(
                List.of("Close S s", "Query INSERT INTO t VALUES (1)"),
                closeComplete(),
                complete("INSERT 0 1"),
                ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    @Test
    void noRollbackBringsADeallocatedStatementBack() throws Exception {
        prepareOnReader("s");
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "DEALLOCATE s", "DEALLOCATE", 'T');
        on(reader, "ROLLBACK", "ROLLBACK", 'I');
        expectNoQuestion();
        client.send(bindNothing("s"), execute(), sync());
        writer.answer(List.of("Bind s", "Execute", "Sync"), error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void aDeallocateThatHasFailedHasDoneNothing() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        client.send(parse("s", "SELECT 1"), sync());
        writer.answer(List.of("Parse s: SELECT 1", "Sync"), parseComplete(), ready('T'));
        client.expect("ParseComplete", "Ready T");
        fails("SELECT 1/0", "22012", 'E');
        fails("DEALLOCATE s", "25P02", 'E');
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
        on(writer, "DEALLOCATE s", "DEALLOCATE", 'I');
        expectNoQuestion();
    }

    private void fails(String sql, String sqlState, char status) throws Exception {
        client.send(query(sql));
        writer.answer(sql, error(sqlState, "no"), ready(status));
        client.expect("ERROR " + sqlState + " no", "Ready " + status);
    }

    @Test
    void ofSeveralTheServerIsAskedWhatIsLeftWhereOneHasFailed() throws Exception {
        prepareOnWriter("s");
        client.send(query("DEALLOCATE s; DEALLOCATE nobody"));
        writer.answer("DEALLOCATE s; DEALLOCATE nobody", complete("DEALLOCATE"), error("26000", "no"), ready('I'));
        client.expect("Complete DEALLOCATE", "ERROR 26000 no", "Ready I");
        writer.read();
        writer.send(complete("SELECT 0"), ready('I'));
        client.send(bindNothing("s"), execute(), sync());
        writer.answer(List.of("Bind s", "Execute", "Sync"), error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void anUnknownStatementIsThePrimarysToMiss() throws Exception {
        fails("DEALLOCATE nobody", "26000", 'I');
        expectNoQuestion();
    }

    @Test
    void aStatementThatIsOnlyPreparedToBeDeallocatedStays() throws Exception {
        prepareOnReader("s");
        client.send(parse("d", "DEALLOCATE s"), sync());
        reader.answer(List.of("Parse d: DEALLOCATE s", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(bindNothing("s"), execute(), sync());
        reader.answer(List.of("Bind s", "Execute", "Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.client.Memory;
import pgrouter.testing.Await;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** A session may have pgrouter keep so many bytes of its prepared statements and settings: who asks for more has an error, and nobody else. */
@Timeout(60)
final class KeptStatementsTest extends OnOneStandby {
    private static final long LIMIT = 100_000;
    private static final String LARGE = "SELECT '" + "x".repeat(60_000) + "'";
    private static final String EXCESS =
            "ERROR 54000 prepared statements and settings of a session must not exceed 100000 bytes (clients { memory })";
    private static final String FAILING = "Parse pgrouter: cached plan must not change result type";
    private static final byte[] SYNTAX_ERROR = error("42601", "syntax error at or near \"cached\"");

    private final Memory memory = stage.memory();

    KeptStatementsTest() {
        super(Stage.with(1).memory(new Memory(1 << 20, () -> LIMIT)));
    }

    private void prepared(String name) throws Exception {
        client.send(parse(name, LARGE), sync());
        reader.answer(List.of("Parse " + name + ": " + LARGE, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    /** A statement is noted when the client has the answer. */
    private void awaitTaken(long least, long most) {
        Await.until(
                "from " + least + " to " + most + " bytes are taken",
                () -> memory.taken() >= least && memory.taken() <= most);
    }

    private void isRefused(String name) throws Exception {
        client.send(parse(name, LARGE), bind(name), execute(), sync());
        client.expect(EXCESS, "Ready I");
    }

    private void goesOn() throws Exception {
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private void begins(Connection backend, String sql) throws Exception {
        client.send(query(sql));
        backend.answer(sql, complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
    }

    @Test
    void anotherStatementFailsAndTheSessionGoesOn() throws Exception {
        prepared("a");
        isRefused("b");
        isRefused("b");
        goesOn();
        client.send(bind("a"), execute(), sync());
        reader.answer(List.of("Bind a", "Execute", "Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatIsClosedMakesRoom() throws Exception {
        prepared("a");
        client.send(closeStatement("a"), sync());
        reader.answer(List.of("Close S a", "Sync"), closeComplete(), ready('I'));
        client.expect("CloseComplete", "Ready I");
        awaitTaken(0, 0);
        prepared("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEALLOCATE ALL", "DISCARD ALL"})
    void whatIsForgottenMakesRoom(String forget) throws Exception {
        prepared("a");
        client.send(query(forget));
        reader.answer(forget, complete(forget), ready('I'));
        client.expect("Complete " + forget, "Ready I");
        awaitTaken(0, 0);
        prepared("b");
    }

    @Test
    void whatIsDeallocatedMakesRoom() throws Exception {
        prepared("a");
        client.send(query("DEALLOCATE a"));
        reader.answer("DEALLOCATE a", complete("DEALLOCATE"), ready('I'));
        client.expect("Complete DEALLOCATE", "Ready I");
        awaitTaken(0, 0);
    }

    @Test
    void aStatementOfTheSameNameTakesTheRoomOfTheOneBefore() throws Exception {
        prepared("a");
        awaitTaken(60_000, 61_000);
        client.send(closeStatement("a"), parse("a", "SELECT 1"), sync());
        reader.answer(List.of("Close S a", "Parse a: SELECT 1", "Sync"), closeComplete(), parseComplete(), ready('I'));
        client.expect("CloseComplete", "ParseComplete", "Ready I");
        awaitTaken(1, 1000);
    }

    @Test
    void theEndOfTheSessionGivesAllBack() throws Exception {
        prepared("a");
        client.close();
        awaitTaken(0, 0);
    }

    @Test
    void theUnnamedStatementTakesNoRoom() throws Exception {
        prepared("a");
        prepared("");
        goesOn();
        awaitTaken(60_000, 61_000);
    }

    @Test
    void otherSessionsDoNotNotice() throws Exception {
        prepared("a");
        isRefused("b");
        client = stage.client();
        stage.writer();
        reader = stage.reader();
        prepared("b");
    }

    @Test
    void withinATransactionThatFailsAsByTheServer() throws Exception {
        prepared("a");
        begins(writer, "BEGIN");
        client.send(parse("b", LARGE), bind("b"), execute(), sync());
        writer.answer(List.of(FAILING), SYNTAX_ERROR);
        writer.answer(List.of("Sync"), ready('E'));
        client.expect(EXCESS, "Ready E");
        client.send(query("ROLLBACK"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        goesOn();
    }

    @Test
    void whatStandsBeforeItInATransactionRuns() throws Exception {
        prepared("a");
        begins(writer, "BEGIN");
        client.send(parse("", "UPDATE t SET a = 1"), bind(""), execute(), parse("b", LARGE), sync());
        writer.expect("Parse : UPDATE t SET a = 1", "Bind ", "Execute");
        writer.send(parseComplete(), bindComplete(), complete("UPDATE 1"));
        writer.answer(List.of(FAILING), SYNTAX_ERROR);
        writer.answer(List.of("Sync"), ready('E'));
        client.expect("ParseComplete", "BindComplete", "Complete UPDATE 1", EXCESS, "Ready E");
    }

    @Test
    void inATransactionOfAStandbyItFailsThere() throws Exception {
        prepared("a");
        begins(reader, "BEGIN READ ONLY");
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('T'));
        client.expect("Complete SELECT 1", "Ready T");
        client.send(parse("b", LARGE), sync());
        reader.answer(List.of(FAILING), SYNTAX_ERROR);
        reader.answer(List.of("Sync"), ready('E'));
        client.expect(EXCESS, "Ready E");
    }

    @Test
    void afterAFlushItFailsWhereTheRequestIs() throws Exception {
        prepared("a");
        client.send(parse("", "UPDATE t SET a = 1"), flush());
        writer.answer(List.of("Parse : UPDATE t SET a = 1", "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(parse("b", LARGE), flush());
        writer.answer(List.of(FAILING), SYNTAX_ERROR);
        client.expect(EXCESS);
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        goesOn();
    }

    /** What a standby has begun goes on at the primary, as it does for a write. */
    @Test
    void afterAFlushOfAReadItFailsAtThePrimary() throws Exception {
        prepared("a");
        client.send(parse("", "SELECT 1"), flush());
        reader.answer(List.of("Parse : SELECT 1", "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(parse("b", LARGE), sync());
        reader.answer(List.of("Sync"), ready('I'));
        writer.answer(List.of("Parse : SELECT 1", "Flush"), parseComplete());
        writer.answer(List.of(FAILING), SYNTAX_ERROR);
        writer.answer(List.of("Sync"), ready('I'));
        client.expect(EXCESS, "Ready I");
    }

    @Test
    void aStatementOfSqlFailsToo() throws Exception {
        prepared("a");
        client.send(query("PREPARE b AS " + LARGE));
        client.expect(EXCESS, "Ready I");
        begins(writer, "BEGIN");
        client.send(query("PREPARE b AS " + LARGE));
        writer.answer(List.of(FAILING), SYNTAX_ERROR);
        writer.answer(List.of("Sync"), ready('E'));
        client.expect(EXCESS, "Ready E");
    }

    @Test
    void whatAQueryDoesNotNeedAStatementForGoesOn() throws Exception {
        prepared("a");
        client.send(query(LARGE));
        reader.answer(LARGE, row("x"));
        client.expect("RowDescription", "Row x", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatAllSessionsHaveLeavesLittleToOne() throws Exception {
        Memory.OfSession others = memory.begin();
        others.take((1 << 20) - 100_000);
        client.send(parse("a", LARGE), sync());
        assertThat(client.read()).startsWith("ERROR 53200 out of memory: ");
        client.expect("Ready I");
        client.send(parse("a", "SELECT 1"), sync());
        reader.answer(List.of("Parse a: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        others.end();
        prepared("b");
    }
}

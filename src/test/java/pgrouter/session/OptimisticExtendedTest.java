package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
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
import static pgrouter.testing.Server.portalSuspended;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.config.Transactions;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** Optimistic transactions of drivers, which speak the extended protocol: the primary gets their statements before it needs them. */
final class OptimisticExtendedTest extends OnOneStandby {
    private static final String READ = "SELECT v FROM t";
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    OptimisticExtendedTest() {
        super(Stage.with(1).transactions(Transactions.OPTIMISTIC));
    }

    /** As pgjdbc does with autocommit off. */
    @Test
    void aBeginAndAReadInOneRequestOpenOnTheStandbyAndMoveAsOne() throws Exception {
        opensAndReads();
        client.send(parse("", INSERT), bind(""), describePortal(), execute(), sync());
        standbyIsLeft();
        writer.expect("Parse : BEGIN", "Bind ", "Execute");
        writer.expect("Parse : " + READ, "Bind ", "Describe P ", "Execute", "Sync");
        writer.send(openedAndRead("1"));
        insertsUnnamed();
        commitsAt();
        leaveWithoutMore();
    }

    @Test
    void aDifferenceInThatRequestIsASerializationFailure() throws Exception {
        opensAndReads();
        client.send(parse("", INSERT), bind(""), describePortal(), execute(), sync());
        standbyIsLeft();
        writer.expect("Parse : BEGIN", "Bind ", "Execute");
        writer.expect("Parse : " + READ, "Bind ", "Describe P ", "Execute", "Sync");
        writer.send(openedAndRead("changed"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 could not serialize access: ");
        client.expect("Ready E");
    }

    @Test
    void aBeginAndAWriteInOneRequestAreThePrimarys() throws Exception {
        client.send(parse("", "BEGIN"), bind(""), execute(), parse("", INSERT), bind(""), execute(), sync());
        writer.expect("Parse : BEGIN", "Bind ", "Execute", "Parse : " + INSERT, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("BEGIN"));
        writer.send(parseComplete(), bindComplete(), complete("INSERT 0 1"), ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete BEGIN");
        client.expect("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void aRefusalAfterTheBeginOfTheSameRequestIsThePrimarys() throws Exception {
        String sql = "SELECT * FROM v";
        client.send(parse("", "BEGIN"), bind(""), execute(), parse("", sql), bind(""), execute(), sync());
        reader.expect("Parse : BEGIN", "Bind ", "Execute", "Parse : " + sql, "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), complete("BEGIN"));
        reader.send(parseComplete(), bindComplete(), error("25006", "read-only"), ready('E'));
        standbyIsLeft();
        writer.expect("Parse : BEGIN", "Bind ", "Execute", "Parse : " + sql, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("BEGIN"));
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete BEGIN");
        client.expect("ParseComplete", "BindComplete", "Complete SELECT 0", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void aNamedStatementIsGivenToThePrimaryBeforeTheRequestThatUsesIt() throws Exception {
        prepares("s1", READ);
        on(reader, "BEGIN", "BEGIN", 'T');
        usesOnStandby("s1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse s1: " + READ, "Bind s1", "Execute", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
        client.send(bind("s1"), execute(), sync());
        writer.answer(List.of("Bind s1", "Execute", "Sync"), bindComplete(), complete("SELECT 0"), ready('T'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void theStatementsOfTheWriteItselfAreGivenToo() throws Exception {
        prepares("s1", READ);
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(bind("s1"), execute(), parse("", INSERT), bind(""), execute(), sync());
        standbyIsLeft();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.expect("Parse s1: " + READ, "Bind s1", "Execute", "Parse : " + INSERT, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"));
        writer.send(parseComplete(), bindComplete(), complete("INSERT 0 1"), ready('T'));
        client.expect("BindComplete", "Complete SELECT 0");
        client.expect("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void aStatementMadeInTheTransactionIsMadeOnThePrimaryByTheRerun() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("s1", READ), describeStatement("s1"), sync());
        reader.expect("Parse s1: " + READ, "Describe S s1", "Sync");
        reader.send(parseComplete(), parameterDescription(), rowDescription("v"), ready('T'));
        client.expect("ParseComplete", "ParameterDescription", "RowDescription", "Ready T");
        usesOnStandby("s1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse s1: " + READ, "Describe S s1", "Sync", "Bind s1", "Execute", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), parameterDescription(), rowDescription("v"), ready('T'));
        writer.send(bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
        client.send(bind("s1"), execute(), sync());
        writer.answer(List.of("Bind s1", "Execute", "Sync"), bindComplete(), complete("SELECT 0"), ready('T'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready T");
        leaveWithoutMore();
    }

    /** Its result would have other columns now. */
    @Test
    void aStatementWithOtherColumnsIsASerializationFailure() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("s1", READ), describeStatement("s1"), sync());
        reader.expect("Parse s1: " + READ, "Describe S s1", "Sync");
        reader.send(parseComplete(), parameterDescription(), rowDescription("v"), ready('T'));
        client.expect("ParseComplete", "ParameterDescription", "RowDescription", "Ready T");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse s1: " + READ, "Describe S s1", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), parameterDescription(), rowDescription("w"), ready('T'));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    /** A statement of the same name that was closed and made again meanwhile is given as it was at each time. */
    @Test
    void statementsOfOneNameAreGivenInTheirTurn() throws Exception {
        prepares("s1", READ);
        on(reader, "BEGIN", "BEGIN", 'T');
        usesOnStandby("s1");
        client.send(closeStatement("s1"), parse("s1", "SELECT w FROM t"), sync());
        reader.expect("Close S s1", "Parse s1: SELECT w FROM t", "Sync");
        reader.send(closeComplete(), parseComplete(), ready('T'));
        client.expect("CloseComplete", "ParseComplete", "Ready T");
        usesOnStandby("s1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse s1: " + READ, "Bind s1", "Execute", "Sync");
        writer.expect("Close S s1", "Parse s1: SELECT w FROM t", "Sync", "Bind s1", "Execute", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.send(closeComplete(), parseComplete(), ready('T'));
        writer.send(bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    /** As asyncpg does: it waits for the description before it binds. */
    @Test
    void aRequestWithAFlushRunsAgainAsAWhole() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("s1", READ), describeStatement("s1"), flush());
        reader.expect("Parse s1: " + READ, "Describe S s1", "Flush");
        reader.send(parseComplete(), parameterDescription(), rowDescription("v"));
        client.expect("ParseComplete", "ParameterDescription", "RowDescription");
        usesOnStandby("s1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse s1: " + READ, "Describe S s1", "Flush", "Bind s1", "Execute", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), parameterDescription(), rowDescription("v"));
        writer.send(bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    /** The Parse has shown that it writes; the client has the description from no standby. */
    @Test
    void aWriteThatIsPreparedByAFlushMovesBefore() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("s1", INSERT), describeStatement("s1"), flush());
        standbyIsLeft();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.expect("Parse s1: " + INSERT, "Describe S s1", "Flush");
        writer.send(parseComplete(), parameterDescription(), Frontend.message((byte) 'n'));
        client.expect("ParseComplete", "ParameterDescription", "NoData");
        client.send(bind("s1"), execute(), sync());
        writer.answer(List.of("Bind s1", "Execute", "Sync"), bindComplete(), complete("INSERT 0 1"), ready('T'));
        client.expect("BindComplete", "Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void aPartThatWritesMovesAfterWhatTheClientHasTheAnswerTo() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("", READ), bind(""), execute(), flush());
        reader.expect("Parse : " + READ, "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1");
        client.send(parse("", INSERT), bind(""), execute(), sync());
        reader.answer(List.of("Flush", "Sync"), ready('T'));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse : " + READ, "Bind ", "Execute", "Flush", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.expect("Parse : " + INSERT, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("INSERT 0 1"), ready('T'));
        client.expect("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready T");
        leaveWithoutMore();
    }

    @Test
    void aPortalThatWasSuspendedIsComparedWithItsRows() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(parse("", READ), bind(""), execute(), sync());
        reader.expect("Parse : " + READ, "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), portalSuspended(), ready('T'));
        client.expect("ParseComplete", "BindComplete", "Row 1");
        client.reply();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Parse : " + READ, "Bind ", "Execute", "Sync");
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), bindComplete(), dataRow("2"), portalSuspended(), ready('T'));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    /** What the standby has run of the pipeline is not run twice for the client, who sees each reply once. */
    @Test
    void aPipelineMovesInItsMiddle() throws Exception {
        client.send(join(
                join(parse("", "BEGIN"), bind(""), execute(), sync()),
                join(parse("", READ), bind(""), execute(), sync()),
                join(parse("", INSERT), bind(""), execute(), sync()),
                join(parse("", "COMMIT"), bind(""), execute(), sync())));
        reader.expect("Parse : BEGIN", "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), complete("BEGIN"), ready('T'));
        reader.expect("Parse : " + READ, "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        standbyIsLeft();
        writer.expect("Parse : BEGIN", "Bind ", "Execute", "Sync", "Parse : " + READ, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("BEGIN"), ready('T'));
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        writer.expect("Parse : " + INSERT, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("INSERT 0 1"), ready('T'));
        writer.expect("Parse : COMMIT", "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("COMMIT"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete BEGIN", "Ready T");
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1", "Ready T");
        client.expect("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready T");
        client.expect("ParseComplete", "BindComplete", "Complete COMMIT", "Ready I");
        leaveWithoutMore();
    }

    private void opensAndReads() throws Exception {
        client.send(parse("", "BEGIN"), bind(""), execute());
        client.send(parse("", READ), bind(""), describePortal(), execute(), sync());
        reader.expect("Parse : BEGIN", "Bind ", "Execute");
        reader.expect("Parse : " + READ, "Bind ", "Describe P ", "Execute", "Sync");
        reader.send(openedAndRead("1"));
        client.expect("ParseComplete", "BindComplete", "Complete BEGIN");
        client.expect("ParseComplete", "BindComplete", "RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
    }

    private static byte[] openedAndRead(String value) {
        return join(
                join(parseComplete(), bindComplete(), complete("BEGIN")),
                join(parseComplete(), bindComplete(), rowDescription("v"), dataRow(value), complete("SELECT 1")),
                ready('T'));
    }

    private void insertsUnnamed() throws Exception {
        writer.expect("Parse : " + INSERT, "Bind ", "Describe P ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), Frontend.message((byte) 'n'), complete("INSERT 0 1"), ready('T'));
        client.expect("ParseComplete", "BindComplete", "NoData", "Complete INSERT 0 1", "Ready T");
    }

    private void commitsAt() throws Exception {
        client.send(parse("", "COMMIT"), bind(""), execute(), sync());
        writer.expect("Parse : COMMIT", "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("COMMIT"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete COMMIT", "Ready I");
    }

    private void prepares(String name, String sql) throws Exception {
        client.send(parse(name, sql), sync());
        reader.answer(List.of("Parse " + name + ": " + sql, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    private void usesOnStandby(String name) throws Exception {
        client.send(bind(name), execute(), sync());
        reader.expect("Bind " + name, "Execute", "Sync");
        reader.send(bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready T");
    }

    private void standbyIsLeft() throws Exception {
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
    }

    private void leaveWithoutMore() throws Exception {
        client.send(Frontend.terminate());
        client.expectEnd();
        writer.expectTerminate();
        reader.expectTerminate();
    }
}

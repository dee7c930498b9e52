package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.noData;
import static pgrouter.testing.Server.parameterDescription;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.request.RequestMessages;
import pgrouter.testing.Frontend;

/** The extended protocol on two connections: what a connection lacks is sent before a request, and its reply does not reach the client. */
final class ExtendedRedirectTest extends OnOneStandby {
    private static final String SQL = "SELECT f(1)";
    private static final Lsn AFTER = new Lsn(2000);

    @Test
    void unnamedStatementIsRedirectedAsAWhole() throws Exception {
        client.send(parse("", SQL), bind(""), describePortal(), execute(), sync());
        reader.expect("Parse : " + SQL, "Bind ", "Describe P ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), rowDescription("f"), error("25006", "read-only"), ready('I'));
        writer.expect("Parse : " + SQL, "Bind ", "Describe P ", "Execute", "Sync");
        writer.send(
                parseComplete(), bindComplete(), rowDescription("f"), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void namedStatementIsParsedOnTheWriterToo() throws Exception {
        prepareOnReader("s1", SQL);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(bindComplete(), error("25006", "read-only"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Bind s1", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void statementIsParsedOnAConnectionOnlyOnce() throws Exception {
        prepareOnReader("s1", SQL);
        for (int round = 0; round < 2; round++) {
            client.send(bind("s1"), execute(), sync());
            reader.expect("Bind s1", "Execute", "Sync");
            reader.send(bindComplete(), error("42P01", "lag"), ready('I'));
            writer.expect(round == 0 ? new String[] {"Parse s1: " + SQL} : new String[0]);
            writer.expect("Bind s1", "Execute", "Sync");
            writer.send(round == 0 ? parseComplete() : new byte[0]);
            writer.send(bindComplete(), complete("SELECT 0"), ready('I'));
            client.expect("BindComplete", "Complete SELECT 0", "Ready I");
            standbyCatchesUp();
        }
        leaveWithoutMore();
    }

    @Test
    void errorOfAnInjectedParseIsTheAnswerToWhatNeededIt() throws Exception {
        prepareOnReader("s1", SQL);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(error("42P01", "not yet"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Bind s1", "Execute", "Sync");
        writer.send(error("42883", "no function f"), ready('I'));
        client.expect("ERROR 42883 no function f", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void statementOfTheWriterIsParsedOnTheReaderBeforeItsUse() throws Exception {
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(parse("s1", "SELECT 1"), sync());
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        stage.publish(AFTER, AFTER);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Parse s1: SELECT 1", "Bind s1", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void injectedParseThatAReaderRefusesIsARedirect() throws Exception {
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(parse("s1", "SELECT * FROM fresh"), sync());
        writer.answer(List.of("Parse s1: SELECT * FROM fresh", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        stage.publish(AFTER, AFTER);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Parse s1: SELECT * FROM fresh", "Bind s1", "Execute", "Sync");
        reader.send(error("42P01", "not yet"), ready('I'));
        writer.expect("Bind s1", "Execute", "Sync");
        writer.send(bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void statementClosedOnOneConnectionIsClosedOnTheOtherBeforeItsNextRequest() throws Exception {
        prepareOnReader("s1", SQL);
        refusedUseOf("s1");
        standbyCatchesUp();
        client.send(closeStatement("s1"), sync());
        reader.answer(List.of("Close S s1", "Sync"), closeComplete(), ready('I'));
        client.expect("CloseComplete", "Ready I");
        client.send(query("INSERT INTO t VALUES (1)"));
        writer.expect("Close S s1", "Query INSERT INTO t VALUES (1)");
        writer.send(closeComplete(), complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
        leaveWithoutMore();
    }

    private void refusedUseOf(String name) throws Exception {
        client.send(bind(name), execute(), sync());
        reader.expect("Bind " + name, "Execute", "Sync");
        reader.send(error("25006", "read-only"), ready('I'));
        writer.expect("Parse " + name + ": " + SQL, "Bind " + name, "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
    }

    @Test
    void statementParsedAnewUnderItsOldNameIsExchangedOnTheOtherConnection() throws Exception {
        prepareOnReader("s1", SQL);
        refusedUseOf("s1");
        standbyCatchesUp();
        client.send(closeStatement("s1"), parse("s1", "SELECT g(2)"), sync());
        reader.expect("Close S s1", "Parse s1: SELECT g(2)", "Sync");
        reader.send(closeComplete(), parseComplete(), ready('I'));
        client.expect("CloseComplete", "ParseComplete", "Ready I");
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(error("25006", "read-only"), ready('I'));
        writer.expect("Close S s1", "Parse s1: SELECT g(2)", "Bind s1", "Execute", "Sync");
        writer.send(closeComplete(), parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void whatFlushReleasedIsNotSaidAgainByTheWriter() throws Exception {
        client.send(parse("s1", SQL), describeStatement("s1"), flush());
        reader.expect("Parse s1: " + SQL, "Describe S s1", "Flush");
        reader.send(parseComplete(), parameterDescription(), rowDescription("f"));
        client.expect("ParseComplete", "ParameterDescription", "RowDescription");
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(bindComplete(), error("25006", "read-only"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Close S s1", "Flush");
        writer.send(parseComplete(), parameterDescription(), rowDescription("f"), closeComplete());
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Flush", "Bind s1", "Execute", "Sync");
        writer.send(parseComplete(), parameterDescription(), rowDescription("f"));
        writer.send(bindComplete(), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void refusalBeforeTheSyncIsUndoneOnTheReaderAndTheSyncGoesToTheWriter() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), error("25006", "read-only"));
        reader.answer(List.of("Sync"), ready('I'));
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        writer.send(parseComplete(), bindComplete(), dataRow("2"), complete("SELECT 1"));
        client.expect("ParseComplete", "BindComplete", "Row 2", "Complete SELECT 1");
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        leaveWithoutMore();
    }

    @Test
    void genuineErrorBeforeTheSyncStaysOnTheReader() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), error("22012", "division by zero"));
        client.expect("ParseComplete", "BindComplete", "ERROR 22012 division by zero");
        client.send(execute(), sync());
        reader.answer(List.of("Execute", "Sync"), ready('I'));
        client.expect("Ready I");
        leaveWithoutMore();
    }

    @Test
    void readerLostBehindAFlushedParseIsReplaced() throws Exception {
        client.send(parse("s1", SQL), flush());
        reader.answer(List.of("Parse s1: " + SQL, "Flush"), parseComplete());
        client.expect("ParseComplete");
        stage.standby().refuseLogins(fatal("57P03", "shutting down"));
        client.send(bind("s1"), execute(), sync());
        reader.answer(List.of("Bind s1", "Execute", "Sync"), fatal("57P01", "going away"));
        reader.close();
        writer.expect("Parse s1: " + SQL, "Flush", "Bind s1", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
    }

    @Test
    void statementThatTheWriterRefusesToParseDoesNotExist() throws Exception {
        client.send(parse("s1", SQL), bind("s1"), execute(), sync());
        reader.expect("Parse s1: " + SQL, "Bind s1", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), error("25006", "read-only"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Bind s1", "Execute", "Sync");
        writer.send(error("42883", "dropped meanwhile"), ready('I'));
        client.expect("ERROR 42883 dropped meanwhile", "Ready I");
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(parse("s1", "SELECT 1"), sync());
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    @Test
    void statementClosedInARefusedRequestIsThereForTheWriter() throws Exception {
        prepareOnReader("s1", "SELECT 1");
        client.send(bind("s1"), execute(), closeStatement("s1"), parse("", SQL), bind(""), execute(), sync());
        reader.expect("Bind s1", "Execute", "Close S s1", "Parse : " + SQL, "Bind ", "Execute", "Sync");
        reader.send(bindComplete(), complete("SELECT 0"), closeComplete(), parseComplete(), bindComplete());
        reader.send(error("25006", "read-only"), ready('I'));
        writer.expect("Parse s1: SELECT 1");
        writer.expect("Bind s1", "Execute", "Close S s1", "Parse : " + SQL, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), closeComplete(), parseComplete());
        writer.send(bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "CloseComplete", "ParseComplete", "BindComplete");
        client.expect("Complete SELECT 0", "Ready I");
    }

    @Test
    void unnamedStatementOutlivesTheFailedParseOfANamedOne() throws Exception {
        prepareOnReader("", "SELECT 1");
        client.send(parse("s1", "SELECT nothing"), sync());
        reader.answer(List.of("Parse s1: SELECT nothing", "Sync"), error("42703", "no column"), ready('I'));
        writer.answer(List.of("Parse s1: SELECT nothing", "Sync"), error("42703", "no column"), ready('I'));
        client.expect("ERROR 42703 no column", "Ready I");
        standbyCatchesUp();
        client.send(bind(""), execute(), sync());
        reader.expect("Bind ", "Execute", "Sync");
        reader.send(bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
    }

    @Test
    void unknownStatementIsTheWritersError() throws Exception {
        client.send(bind("nowhere"), execute(), sync());
        writer.answer(List.of("Bind nowhere", "Execute", "Sync"), error("26000", "does not exist"), ready('I'));
        client.expect("ERROR 26000 does not exist", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void describeOfAStatementWithoutRowsIsAnswered() throws Exception {
        client.send(parse("s1", "SELECT"), describeStatement("s1"), sync());
        reader.expect("Parse s1: SELECT", "Describe S s1", "Sync");
        reader.send(parseComplete(), parameterDescription(), noData(), ready('I'));
        client.expect("ParseComplete", "ParameterDescription", "NoData", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void largeBindBehindAFlushWithoutAReplyIsOneRequest() throws Exception {
        byte[] value = new byte[RequestMessages.KEEP_LIMIT];
        client.send(parse("s1", "SELECT $1"), sync());
        reader.answer(List.of("Parse s1: SELECT $1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(flush(), bind("s1", value), execute(), sync());
        reader.answer(List.of("Flush", "Sync"), ready('I'));
        writer.expect("Flush", "Parse s1: SELECT $1", "Bind s1", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void writerLostAfterALargeBindBehindAFlushIsOneError() throws Exception {
        client.send(parse("s1", "SELECT $1"), sync());
        reader.answer(List.of("Parse s1: SELECT $1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(flush(), bind("s1", new byte[RequestMessages.KEEP_LIMIT]), execute(), sync());
        reader.answer(List.of("Flush", "Sync"), ready('I'));
        writer.expect("Flush", "Parse s1: SELECT $1", "Bind s1", "Execute", "Sync");
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready I");
    }

    /** What the session may have written is on the standby; a request in between is the sign that pgrouter has noted the write. */
    private void standbyCatchesUp() throws Exception {
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        stage.publish(AFTER, AFTER);
    }

    private void prepareOnReader(String name, String sql) throws Exception {
        client.send(parse(name, sql), sync());
        reader.answer(List.of("Parse " + name + ": " + sql, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    private void leaveWithoutMore() throws Exception {
        client.send(Frontend.terminate());
        client.expectEnd();
        writer.expectTerminate();
        reader.expectTerminate();
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.copyData;
import static pgrouter.testing.Frontend.copyDone;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.noData;
import static pgrouter.testing.Server.parameterDescription;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.exchange.Relay;
import pgrouter.protocol.StartupPacket;
import pgrouter.request.RequestMessages;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;
import pgrouter.testing.TlsFiles;

/** A client that sends messages without Sync or Flush and waits: PostgreSQL works on each as it comes, and so does pgrouter. */
final class PausesTest extends OnOneStandby {
    private static final String INSERT = "INSERT INTO t VALUES (1)";
    private static final String READ = "SELECT f()";

    private void says(String sql) throws Exception {
        client.send(parse("", sql), bind(""), execute());
    }

    private static void hears(Connection backend, String sql) throws Exception {
        backend.expect("Parse : " + sql, "Bind ", "Execute");
    }

    private static byte[] done(String tag) {
        return join(parseComplete(), bindComplete(), complete(tag));
    }

    private void expectDone(String tag) throws Exception {
        client.expect("ParseComplete", "BindComplete", "Complete " + tag);
    }

    private void syncs(Connection backend, char status) throws Exception {
        client.send(sync());
        backend.answer(List.of("Sync"), ready(status));
        client.expect("Ready " + status);
    }

    private void begins(Connection backend, String sql) throws Exception {
        client.send(query(sql));
        backend.answer(sql, complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
    }

    @Test
    void anErrorInATransactionReachesTheClientWithoutASync() throws Exception {
        failsInATransaction();
    }

    private void failsInATransaction() throws Exception {
        begins(writer, "BEGIN");
        for (int i = 0; i < 3; i++) {
            says(INSERT);
            hears(writer, INSERT);
        }
        writer.send(done("INSERT 0 1"), done("INSERT 0 1"));
        writer.send(parseComplete(), bindComplete(), error("23505", "duplicate key"));
        expectDone("INSERT 0 1");
        expectDone("INSERT 0 1");
        client.expect("ParseComplete", "BindComplete", "ERROR 23505 duplicate key");
        says(INSERT);
        hears(writer, INSERT);
        syncs(writer, 'E');
        client.send(query("ROLLBACK"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    @Test
    void writesOutsideATransactionArePassedOnAsTheyCome() throws Exception {
        says(INSERT);
        hears(writer, INSERT);
        says(INSERT);
        hears(writer, INSERT);
        writer.send(done("INSERT 0 1"), parseComplete(), bindComplete(), error("23505", "duplicate key"));
        expectDone("INSERT 0 1");
        client.expect("ParseComplete", "BindComplete", "ERROR 23505 duplicate key");
        syncs(writer, 'I');
        reads();
    }

    /** As a sign that all is in order. */
    private void reads() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aPinnedSessionIsPassedOnWhateverItsTextIs() throws Exception {
        client.send(query("LISTEN c"));
        writer.answer("LISTEN c", complete("LISTEN"), ready('I'));
        writer.answerQuestion("pin LISTEN", dataRow("pin", "LISTEN", "t", null));
        client.expect("Complete LISTEN", "Ready I");
        says("SELECT 1");
        hears(writer, "SELECT 1");
        writer.send(parseComplete(), error("42501", "permission denied"));
        client.expect("ParseComplete", "ERROR 42501 permission denied");
        syncs(writer, 'I');
    }

    @Test
    void aReadThatComesInTwoPartsIsTheStandbys() throws Exception {
        byte[] request = join(parse("", "SELECT 1"), bind(""), execute(), sync());
        for (int at = 1; at < request.length; at++) {
            client.sendSplit(request, at);
            hears(reader, "SELECT 1");
            reader.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
            expectDone("SELECT 1");
            client.expect("Ready I");
        }
    }

    @Test
    void aReadIsTheStandbysWithAPauseBehindEachMessage() throws Exception {
        client.send(parse("", "SELECT 1"));
        reader.expect("Parse : SELECT 1");
        client.send(bind(""));
        reader.expect("Bind ");
        client.send(Arrays.copyOf(execute(), 3));
        client.send(Arrays.copyOfRange(execute(), 3, execute().length));
        reader.expect("Execute");
        client.send(sync());
        reader.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    @Test
    void aRefusalInAPauseIsTheWritersToAnswer() throws Exception {
        isRefusedInAPause();
    }

    private void isRefusedInAPause() throws Exception {
        says(READ);
        hears(reader, READ);
        reader.send(parseComplete(), bindComplete(), error("25006", "read-only"));
        reader.answer(List.of("Sync"), ready('I'));
        hears(writer, READ);
        writer.send(done("SELECT 1"), error("22012", "division by zero"));
        expectDone("SELECT 1");
        client.expect("ERROR 22012 division by zero");
        syncs(writer, 'I');
        reads();
    }

    @Test
    void anErrorOfTheStandbysOwnIsTheClientsAtOnce() throws Exception {
        says(READ);
        hears(reader, READ);
        reader.send(parseComplete(), bindComplete(), error("22012", "division by zero"));
        client.expect("ParseComplete", "BindComplete", "ERROR 22012 division by zero");
        says(READ);
        hears(reader, READ);
        syncs(reader, 'I');
        reads();
    }

    @Test
    void rowsThatComeInAPauseAreHeldAsLongAsARefusalMayFollow() throws Exception {
        says(READ);
        hears(reader, READ);
        byte[] rows = join(parseComplete(), bindComplete(), dataRow("x".repeat(9_000)), dataRow("old"));
        reader.send(Arrays.copyOf(rows, rows.length - 3));
        client.send(sync());
        reader.expect("Sync");
        reader.send(Arrays.copyOfRange(rows, rows.length - 3, rows.length), error("25006", "read-only"), ready('I'));
        hears(writer, READ);
        writer.answer(List.of("Sync"), parseComplete(), bindComplete(), dataRow("new"), complete("SELECT 1"));
        writer.send(ready('I'));
        client.expect("ParseComplete", "BindComplete", "Row new", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatIsForTheWriterTakesBackWhatAStandbyWasAskedBefore() throws Exception {
        says("SELECT 1");
        hears(reader, "SELECT 1");
        byte[] old = join(parseComplete(), bindComplete(), dataRow("x".repeat(9_000)), dataRow("old"));
        reader.send(Arrays.copyOf(old, old.length - 3));
        says(INSERT);
        reader.expect("Sync");
        reader.send(Arrays.copyOfRange(old, old.length - 3, old.length), complete("SELECT 2"), ready('I'));
        hears(writer, "SELECT 1");
        hears(writer, INSERT);
        client.send(sync());
        writer.answer(List.of("Sync"), done("SELECT 1"), done("INSERT 0 1"), ready('I'));
        expectDone("SELECT 1");
        expectDone("INSERT 0 1");
        client.expect("Ready I");
        reads();
    }

    @Test
    void statementsOfWhatIsTakenBackAreTheWriters() throws Exception {
        byte[] row = join(parseComplete(), bindComplete(), rowDescription("c"), dataRow("x".repeat(20_000)));
        client.send(parse("", "SELECT 1"), bind(""), describePortal(), execute());
        reader.expect("Parse : SELECT 1", "Bind ", "Describe P ", "Execute");
        reader.send(Arrays.copyOf(row, 8192));
        client.send(parse("s", "SELECT 2"));
        reader.expect("Parse s: SELECT 2");
        client.send(parse("", INSERT), bind(""), describePortal(), execute());
        reader.expect("Sync");
        reader.send(Arrays.copyOfRange(row, 8192, row.length), complete("SELECT 1"), parseComplete(), ready('I'));
        writer.expect("Parse : SELECT 1", "Bind ", "Describe P ", "Execute", "Parse s: SELECT 2");
        writer.expect("Parse : " + INSERT, "Bind ", "Describe P ", "Execute");
        client.send(sync());
        writer.answer(List.of("Sync"), row, complete("SELECT 1"), parseComplete());
        writer.send(parseComplete(), bindComplete(), noData(), complete("INSERT 0 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "RowDescription", "Row " + "x".repeat(20_000));
        client.expect("Complete SELECT 1", "ParseComplete");
        client.expect("ParseComplete", "BindComplete", "NoData", "Complete INSERT 0 1", "Ready I");
        client.send(bind("s"), execute());
        writer.expect("Bind s", "Execute");
        client.send(sync());
        writer.answer(List.of("Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void anErrorOfWhatIsTakenBackIsTheWritersToSay() throws Exception {
        says("SELECT 1");
        hears(reader, "SELECT 1");
        says(INSERT);
        reader.answer(List.of("Sync"), parseComplete(), error("22012", "of the standby"), ready('I'));
        hears(writer, "SELECT 1");
        hears(writer, INSERT);
        writer.send(parseComplete(), error("22012", "of the primary"));
        client.expect("ParseComplete", "ERROR 22012 of the primary");
        syncs(writer, 'I');
    }

    @Test
    void whatIsTooLargeToBeKeptIsTheWritersWithAllThatCameBefore() throws Exception {
        client.send(parse("", READ));
        reader.expect("Parse : " + READ);
        client.send(bind("", new byte[RequestMessages.KEEP_LIMIT]), execute(), sync());
        reader.answer(List.of("Sync"), parseComplete(), ready('I'));
        hears(writer, READ);
        writer.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    @Test
    void whatAFlushHasReleasedIsNotSaidAgainBehindAPause() throws Exception {
        client.send(parse("", READ), flush());
        reader.answer(List.of("Parse : " + READ, "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(bind(""), execute());
        reader.expect("Bind ", "Execute");
        reader.send(bindComplete(), error("25006", "read-only"));
        reader.answer(List.of("Sync"), ready('I'));
        writer.expect("Parse : " + READ, "Flush", "Bind ", "Execute");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 1"), error("22012", "division by zero"));
        client.expect("BindComplete", "Complete SELECT 1", "ERROR 22012 division by zero");
        syncs(writer, 'I');
    }

    @Test
    void aWriterThatIsLostInAPauseIsToldAtOnceAndNothingIsSentAgain() throws Exception {
        says(INSERT);
        hears(writer, INSERT);
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        says(INSERT);
        client.send(sync());
        client.expect("Ready I");
        client.send(query("UPDATE t SET a = 1"));
        writer = stage.writer();
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aTransactionThatIsLostInAPauseHasFailedOnce() throws Exception {
        begins(writer, "BEGIN");
        says(INSERT);
        hears(writer, INSERT);
        writer.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.send(sync());
        client.expect("Ready E");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatLeavesInAPauseLeavesNothingToTheNext(boolean inOrder) throws Exception {
        try (Stage pooling = Stage.with(1).pool(1).open()) {
            client = pooling.client();
            writer = pooling.writer();
            reader = pooling.reader();
            says(INSERT);
            hears(writer, INSERT);
            if (inOrder) {
                client.send(Frontend.terminate());
            } else {
                client.close();
            }
            assertThat(pooling.primary().cancelled()).isEqualTo(writer.processId());
            writer.expectEnd();
            assertThat(pooling.serverPool().size()).isZero();
        }
    }

    @Test
    void aClientThatLeavesAStandbyAtWorkLeavesNothingToTheNext() throws Exception {
        says("SELECT 1");
        hears(reader, "SELECT 1");
        client.close();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.expectEnd();
        writer.expectTerminate();
    }

    @Test
    void aCopyBeginsWithoutASync() throws Exception {
        says("COPY t FROM STDIN");
        hears(writer, "COPY t FROM STDIN");
        writer.send(parseComplete(), bindComplete(), copyIn());
        client.expect("ParseComplete", "BindComplete", "CopyIn");
        client.send(copyData("1\n"));
        writer.expect("CopyData 1\n");
        client.send(copyDone());
        writer.expect("CopyDone");
        client.send(sync());
        writer.answer(List.of("Sync"), complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
        reads();
    }

    @Test
    void aStandbysTransactionIsPassedOnAsItComes() throws Exception {
        begins(reader, "BEGIN READ ONLY");
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('T'));
        client.expect("Complete SELECT 1", "Ready T");
        says("SELECT 2");
        hears(reader, "SELECT 2");
        reader.send(parseComplete(), error("22012", "division by zero"));
        client.expect("ParseComplete", "ERROR 22012 division by zero");
        syncs(reader, 'E');
    }

    @Test
    void whatFollowsTheEndOfAStandbysTransactionIsTheWritersInSpiteOfAPause() throws Exception {
        begins(reader, "BEGIN READ ONLY");
        says("COMMIT");
        client.sendSplit(join(parse("", INSERT), bind(""), execute(), sync()), 9);
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        hears(writer, "COMMIT");
        hears(writer, INSERT);
        writer.answer(List.of("Sync"), done("COMMIT"), done("INSERT 0 1"), ready('I'));
        expectDone("COMMIT");
        expectDone("INSERT 0 1");
        client.expect("Ready I");
    }

    @Test
    void aStatementThatSqlNamesBehindAPauseIsThere() throws Exception {
        client.send(parse("s1", "SELECT 1"), sync());
        reader.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        says(INSERT);
        hears(writer, INSERT);
        says("EXECUTE s1");
        writer.expect("Parse s1: SELECT 1");
        hears(writer, "EXECUTE s1");
        client.send(sync());
        writer.expect("Sync");
        writer.send(done("INSERT 0 1"), parseComplete(), done("SELECT 1"), ready('I'));
        expectDone("INSERT 0 1");
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    @Test
    void aListOfStatementsBehindAPauseHasThemAll() throws Exception {
        String list = "SELECT name FROM pg_prepared_statements";
        client.send(parse("s1", "SELECT 1"), sync());
        reader.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        says(INSERT);
        hears(writer, INSERT);
        says(list);
        writer.expect("Parse s1: SELECT 1");
        hears(writer, list);
        client.send(sync());
        writer.expect("Sync");
        writer.send(done("INSERT 0 1"), parseComplete(), done("SELECT 1"), ready('I'));
        expectDone("INSERT 0 1");
        expectDone("SELECT 1");
        client.expect("Ready I");
    }

    private void describes(Connection backend) throws Exception {
        client.send(parse("s1", "SELECT a FROM t"), describeStatement("s1"), sync());
        backend.expect("Parse s1: SELECT a FROM t", "Describe S s1", "Sync");
        backend.send(
                parseComplete(), parameterDescription(), rowDescription("a"), ready(backend == writer ? 'T' : 'I'));
        client.reply();
    }

    @Test
    void whatAStatementReturnsIsComparedInAPauseOfTheWriter() throws Exception {
        describes(reader);
        says(INSERT);
        hears(writer, INSERT);
        client.send(bind("s1"), execute());
        writer.expect("Parse s1: SELECT a FROM t", "Describe S s1", "Flush");
        writer.send(done("INSERT 0 1"), parseComplete(), parameterDescription(), rowDescription("a"));
        expectDone("INSERT 0 1");
        writer.expect("Bind s1", "Execute");
        client.send(sync());
        writer.answer(List.of("Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aPausedReadThatBeginsWithAComparisonIsHeldBackAfterIt() throws Exception {
        begins(writer, "BEGIN");
        describes(writer);
        client.send(query("ROLLBACK"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        client.send(bind("s1"), execute());
        reader.expect("Parse s1: SELECT a FROM t", "Describe S s1", "Flush");
        reader.send(parseComplete(), parameterDescription(), rowDescription("a"));
        reader.expect("Bind s1", "Execute");
        client.send(sync());
        reader.answer(List.of("Sync"), bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aComparisonAfterAPauseOfAStandbyIsLeftToTheWriter() throws Exception {
        begins(writer, "BEGIN");
        describes(writer);
        client.send(query("ROLLBACK"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        says("SELECT 1");
        hears(reader, "SELECT 1");
        client.send(bind("s1"), execute());
        reader.answer(List.of("Sync"), done("SELECT 1"), ready('I'));
        hears(writer, "SELECT 1");
        writer.expect("Bind s1", "Execute");
        client.send(sync());
        writer.answer(List.of("Sync"), done("SELECT 1"), bindComplete(), complete("SELECT 1"), ready('I'));
        expectDone("SELECT 1");
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    private void aPartIsWithTheClient() throws Exception {
        String row = "x".repeat(Relay.HOLD_LIMIT);
        says("SELECT 1");
        hears(reader, "SELECT 1");
        reader.send(parseComplete(), bindComplete(), dataRow(row));
        client.expect("ParseComplete", "BindComplete", "Row " + row);
        says(INSERT);
        reader.expect("Flush");
    }

    @Test
    void whatFollowsAReadThatTheClientHasInPartIsTheWriters() throws Exception {
        aPartIsWithTheClient();
        reader.send(complete("SELECT 1"));
        client.expect("Complete SELECT 1");
        reader.answer(List.of("Sync"), ready('I'));
        hears(writer, INSERT);
        writer.send(done("INSERT 0 1"), error("22012", "division by zero"));
        expectDone("INSERT 0 1");
        client.expect("ERROR 22012 division by zero");
        syncs(writer, 'I');
        reads();
    }

    @Test
    void nothingIsWrittenAfterAnErrorOfAReadThatTheClientHasInPart() throws Exception {
        aPartIsWithTheClient();
        reader.send(error("22012", "division by zero"));
        client.expect("ERROR 22012 division by zero");
        hears(reader, INSERT);
        syncs(reader, 'I');
        reads();
    }

    @Test
    void aPauseWithinTlsIsAPauseToo() throws Exception {
        stage.offerTls("tls { cert server.crt; key server.key }");
        client = stage.dial();
        client.send(Frontend.request(StartupPacket.SSL_REQUEST));
        assertThat(client.readByte()).isEqualTo((byte) 'S');
        client.secure(TlsFiles.client());
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", Stage.USER, "database", "app"), Stage.PASSWORD);
        writer = stage.writer();
        reader = stage.reader();
        isRefusedInAPause();
        failsInATransaction();
    }

    @Test
    void aPauseBehindNothingIsNone() throws Exception {
        client.send(bindNothing("nowhere"));
        writer.expect("Bind nowhere");
        writer.send(error("26000", "does not exist"));
        client.expect("ERROR 26000 does not exist");
        syncs(writer, 'I');
    }
}

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
import static pgrouter.testing.Server.noData;
import static pgrouter.testing.Server.parameterDescription;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Message;

/** A prepared statement that is given to a connection later must return what the client was told of it, or fail as in PostgreSQL. */
final class CachedPlanTest extends OnOneStandby {
    private static final String SQL = "SELECT * FROM t WHERE a = $1";
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    private static final byte[] INTEGERS = rowDescription(INT4, "a", "b");
    private static final byte[] TEXTS = rowDescription(TEXT, "a", "b");
    private static final byte[] SYNTAX_ERROR = error("42601", "syntax error at or near \"cached\"");
    private static final String CHANGED = "ERROR 0A000 cached plan must not change result type";
    private static final String STAND_IN =
            "Parse p: SELECT pg_catalog.table_am_handler_in('cached plan must not change result type')";
    private static final byte[] STAND_IN_FAILS =
            error("0A000", "cannot accept a value of type table_am_handler", "table_am_handler_in");
    private static final Lsn AFTER = new Lsn(2000);

    private void describedOnReader(String name, byte[] rows) throws Exception {
        client.send(parse(name, SQL), describeStatement(name), sync());
        reader.expect("Parse " + name + ": " + SQL, "Describe S " + name, "Sync");
        reader.send(parseComplete(), parameterDescription(INT4), rows, ready('I'));
        client.reply();
    }

    private void describedOnWriter(String name, byte[] rows) throws Exception {
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(parse(name, SQL), describeStatement(name), sync());
        writer.expect("Parse " + name + ": " + SQL, "Describe S " + name, "Sync");
        writer.send(parseComplete(), parameterDescription(INT4), rows, ready('I'));
        client.reply();
    }

    /** From now on requests go to the writer. */
    private void standbyLeaves() {
        stage.publishPrimaryOnly(new Lsn(1000));
    }

    private void isGiven(Connection backend, String name, byte[] rows) throws Exception {
        backend.expect("Parse " + name + ": " + SQL, "Describe S " + name, "Flush");
        backend.send(parseComplete(), parameterDescription(INT4), rows);
    }

    private void fails(Connection backend) throws Exception {
        backend.answer(List.of("Parse pgrouter: cached plan must not change result type"), SYNTAX_ERROR);
    }

    private void isUsed(Connection backend, String name) throws Exception {
        backend.expect("Bind " + name, "Execute", "Sync");
        backend.send(bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aStatementThatIsTheSameElsewhereIsUsedThere() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", INTEGERS);
        isUsed(writer, "s1");
        client.send(bind("s1"), execute(), sync());
        isUsed(writer, "s1");
    }

    @Test
    void aStatementOfAnotherResultElsewhereFailsEachTime() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", TEXTS);
        failsOn(writer);
        client.send(bind("s1"), execute(), sync());
        writer.expect("Close S s1");
        writer.send(closeComplete());
        isGiven(writer, "s1", TEXTS);
        failsOn(writer);
        client.send(bind("s1"), execute(), sync());
        writer.expect("Close S s1");
        writer.send(closeComplete());
        isGiven(writer, "s1", INTEGERS);
        isUsed(writer, "s1");
    }

    private void failsOn(Connection backend) throws Exception {
        fails(backend);
        backend.answer(List.of("Bind s1", "Execute", "Sync"), ready('I'));
        Message error = client.readMessage();
        assertThat(error.fromServer()).isEqualTo(CHANGED);
        assertThat(new String(error.body(), StandardCharsets.US_ASCII)).contains("\0RRevalidateCachedQuery\0");
        client.expect("Ready I");
    }

    @Test
    void anotherNameOfAColumnIsAnotherResult() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", rowDescription(INT4, "a", "c"));
        failsOn(writer);
    }

    @Test
    void noResultIsAnotherOneThanNoColumn() throws Exception {
        describedOnReader("s1", rowDescription(INT4));
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", noData());
        failsOn(writer);
    }

    @Test
    void theResultOfAWideTableIsCompared() throws Exception {
        String[] columns = IntStream.range(0, 1600)
                .mapToObj(i -> "a_column_of_a_rather_long_name_which_has_the_number_" + i)
                .toArray(String[]::new);
        describedOnReader("s1", rowDescription(INT4, columns));
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", rowDescription(INT4, columns));
        isUsed(writer, "s1");
        client.send(closeStatement("s1"), sync());
        writer.answer(List.of("Close S s1", "Sync"), closeComplete(), ready('I'));
        client.reply();
        describedAgain("s1", rowDescription(INT4, columns));
        stage.publish(AFTER, AFTER);
        columns[1599] = "another";
        client.send(bind("s1"), execute(), sync());
        reader.expect("Close S s1");
        reader.send(closeComplete());
        isGiven(reader, "s1", rowDescription(INT4, columns));
        fails(reader);
        reader.answer(List.of("Bind s1", "Execute", "Sync"), ready('I'));
        isUsed(writer, "s1");
    }

    private void describedAgain(String name, byte[] rows) throws Exception {
        client.send(parse(name, SQL), describeStatement(name), sync());
        writer.expect("Parse " + name + ": " + SQL, "Describe S " + name, "Sync");
        writer.send(parseComplete(), parameterDescription(INT4), rows, ready('I'));
        client.reply();
    }

    @Test
    void theTypesOfParametersAreThoseThatTheClientWasTold() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        byte[] body = writer.read().body();
        assertThat(Arrays.copyOfRange(body, body.length - 6, body.length)).containsExactly(0, 1, 0, 0, 0, INT4);
        writer.expect("Describe S s1", "Flush");
        writer.send(parseComplete(), parameterDescription(INT4), INTEGERS);
        isUsed(writer, "s1");
    }

    @Test
    void ofADifferenceOnAStandbyThePrimaryIsTheJudge() throws Exception {
        describedOnWriter("s1", INTEGERS);
        stage.publish(AFTER, AFTER);
        client.send(bind("s1"), execute(), sync());
        isGiven(reader, "s1", TEXTS);
        fails(reader);
        reader.answer(List.of("Bind s1", "Execute", "Sync"), ready('I'));
        writer.expect("Bind s1", "Execute", "Sync");
        writer.send(error("0A000", "cached plan must not change result type", "RevalidateCachedQuery"), ready('I'));
        client.expect(CHANGED, "Ready I");
    }

    @Test
    void inATransactionTheTransactionFails() throws Exception {
        describedOnReader("s1", INTEGERS);
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.reply();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", TEXTS);
        fails(writer);
        writer.answer(List.of("Bind s1", "Execute", "Sync"), ready('E'));
        client.expect(CHANGED, "Ready E");
    }

    @Test
    void whatFollowsInThePipelineIsSkipped() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), parse("", "INSERT INTO t VALUES (1)"), bind(""), execute(), sync());
        isGiven(writer, "s1", TEXTS);
        fails(writer);
        writer.expect("Bind s1", "Execute", "Parse : INSERT INTO t VALUES (1)", "Bind ", "Execute", "Sync");
        writer.send(ready('I'));
        client.expect(CHANGED, "Ready I");
        client.send(bind(""), execute(), sync());
        writer.answer(List.of("Bind ", "Execute", "Sync"), error("26000", "no unnamed statement"), ready('I'));
        client.expect("ERROR 26000 no unnamed statement", "Ready I");
    }

    @Test
    void theUnnamedStatementIsCompared() throws Exception {
        describedOnReader("", INTEGERS);
        standbyLeaves();
        client.send(bind(""), execute(), sync());
        isGiven(writer, "", TEXTS);
        fails(writer);
        writer.answer(List.of("Bind ", "Execute", "Sync"), ready('I'));
        client.expect(CHANGED, "Ready I");
    }

    @Test
    void aPortalTellsOfItsStatement() throws Exception {
        client.send(parse("s1", SQL), bind("s1"), describePortal(), execute(), sync());
        reader.expect("Parse s1: " + SQL, "Bind s1", "Describe P ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), INTEGERS, dataRow("1"), complete("SELECT 1"), ready('I'));
        client.reply();
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", TEXTS);
        failsOn(writer);
    }

    @Test
    void aStatementParsedAnewIsAnotherOne() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(bind("s1"), execute(), sync());
        isGiven(writer, "s1", TEXTS);
        failsOn(writer);
        client.send(closeStatement("s1"), parse("s1", SQL), describeStatement("s1"), sync());
        writer.expect("Close S s1", "Parse s1: " + SQL, "Describe S s1", "Sync");
        writer.send(closeComplete(), parseComplete(), parameterDescription(INT4), TEXTS, ready('I'));
        client.reply();
        client.send(bind("s1"), execute(), sync());
        isUsed(writer, "s1");
    }

    @Test
    void whatAStandbySaysOfItsOwnStatementIsTheAnswer() throws Exception {
        describedOnReader("s1", INTEGERS);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(error("0A000", "gecachter Plan darf den Ergebnistyp nicht ändern", "RevalidateCachedQuery"));
        reader.send(ready('I'));
        client.expect("ERROR 0A000 gecachter Plan darf den Ergebnistyp nicht ändern", "Ready I");
        client.send(bind("s1"), execute(), sync());
        isUsed(reader, "s1");
    }

    @Test
    void aStandbyThatHasTheStatementFromBeforeItWasToldIsGivenItAnew() throws Exception {
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(parse("s1", SQL), sync());
        writer.answer(List.of("Parse s1: " + SQL, "Sync"), parseComplete(), ready('I'));
        client.reply();
        stage.publish(AFTER, AFTER);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Parse s1: " + SQL);
        reader.send(parseComplete());
        isUsed(reader, "s1");
        standbyLeaves();
        client.send(describeStatement("s1"), sync());
        writer.answer(List.of("Describe S s1", "Sync"), parameterDescription(INT4), INTEGERS, ready('I'));
        client.reply();
        stage.publish(AFTER, AFTER);
        client.send(bind("s1"), execute(), sync());
        reader.expect("Close S s1");
        reader.send(closeComplete());
        isGiven(reader, "s1", INTEGERS);
        isUsed(reader, "s1");
    }

    private static void standsIn(Connection backend) throws Exception {
        backend.expect("Query PREPARE p AS SELECT * FROM t", "Describe S p", "Sync");
        backend.send(complete("PREPARE"), ready('I'), parameterDescription(), TEXTS, ready('I'));
        backend.answer(List.of("Close S p", STAND_IN, "Sync"), closeComplete(), parseComplete(), ready('I'));
    }

    private void preparedOnWriter() throws Exception {
        client.send(query("PREPARE p AS SELECT * FROM t"));
        writer.answer("PREPARE p AS SELECT * FROM t", complete("PREPARE"), ready('I'));
        client.reply();
        writer.answerQuestion("statement p", dataRow("statement", "p", "PREPARE p AS SELECT * FROM t", "t"));
        writer.answer(List.of("Describe S p", "Sync"), parameterDescription(), INTEGERS, ready('I'));
    }

    @Test
    void whatSqlHasPreparedFailsWhereItIsExecuted() throws Exception {
        preparedOnWriter();
        client.send(query("SELECT 7; EXECUTE p"));
        standsIn(reader);
        reader.expect("Query SELECT 7; EXECUTE p");
        reader.send(rowDescription("c"), dataRow("7"), complete("SELECT 1"), STAND_IN_FAILS, ready('I'));
        writer.answer("SELECT 7; EXECUTE p", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatSqlHasPreparedFailsOnANewPrimaryToo() throws Exception {
        preparedOnWriter();
        writer.close();
        stage.publishPromotion(new Lsn(2000));
        client.send(query("SELECT 7; EXECUTE p"));
        Connection next = stage.reader();
        standsIn(next);
        next.expect("Query SELECT 7; EXECUTE p");
        next.send(rowDescription("c"), dataRow("7"), complete("SELECT 1"), STAND_IN_FAILS, ready('I'));
        client.expect("RowDescription", "Row 7", "Complete SELECT 1", CHANGED, "Ready I");
        client.send(query("DEALLOCATE p"));
        next.expect("Close S p");
        next.send(closeComplete());
        standsIn(next);
        next.answer("DEALLOCATE p", complete("DEALLOCATE"), ready('I'));
        client.expect("Complete DEALLOCATE", "Ready I");
        client.send(query("EXECUTE p"));
        next.answer("EXECUTE p", error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void aStatementOfAProtocolMessageFailsInSqlToo() throws Exception {
        describedOnReader("s1", INTEGERS);
        standbyLeaves();
        client.send(query("EXECUTE s1 (1)"));
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Sync");
        writer.send(parseComplete(), parameterDescription(INT4), TEXTS, ready('I'));
        writer.expect("Close S s1");
        byte[] body = writer.read().body();
        assertThat(Arrays.copyOfRange(body, body.length - 6, body.length)).containsExactly(0, 1, 0, 0, 0, INT4);
        writer.expect("Sync");
        writer.send(closeComplete(), parseComplete(), ready('I'));
        writer.answer("EXECUTE s1 (1)", STAND_IN_FAILS, ready('I'));
        client.expect(CHANGED, "Ready I");
        client.send(bind("s1"), execute(), sync());
        writer.expect("Close S s1");
        writer.send(closeComplete());
        isGiven(writer, "s1", TEXTS);
        failsOn(writer);
    }

    @Test
    void discardAllForgetsWhatWasTold() throws Exception {
        describedOnReader("s1", INTEGERS);
        client.send(query("DISCARD ALL"));
        reader.answer("DISCARD ALL", complete("DISCARD ALL"), ready('I'));
        client.expect("Complete DISCARD ALL", "Ready I");
        client.send(bind("s1"), execute(), sync());
        writer.answer(List.of("Bind s1", "Execute", "Sync"), error("26000", "gone"), ready('I'));
        client.expect("ERROR 26000 gone", "Ready I");
    }

    @Test
    void whatAFlushHasToldIsComparedBeforeTheRequestIsSentElsewhere() throws Exception {
        client.send(parse("s1", SQL), describeStatement("s1"), flush());
        reader.expect("Parse s1: " + SQL, "Describe S s1", "Flush");
        reader.send(parseComplete(), parameterDescription(INT4), INTEGERS);
        client.expect("ParseComplete", "ParameterDescription", "RowDescription");
        client.send(bind("s1"), execute(), sync());
        reader.expect("Bind s1", "Execute", "Sync");
        reader.send(bindComplete(), error("25006", "read-only"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Close S s1", "Flush");
        writer.send(parseComplete(), parameterDescription(INT4), TEXTS, closeComplete());
        fails(writer);
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Flush", "Bind s1", "Execute", "Sync");
        writer.send(ready('I'));
        client.expect(CHANGED, "Ready I");
    }

    @Test
    void whatAFlushHasToldIsComparedWhereTheRestOfTheRequestIsTheWriters() throws Exception {
        String insert = "INSERT INTO t VALUES (1)";
        client.send(parse("s1", SQL), describeStatement("s1"), flush());
        reader.expect("Parse s1: " + SQL, "Describe S s1", "Flush");
        reader.send(parseComplete(), parameterDescription(INT4), INTEGERS);
        client.expect("ParseComplete", "ParameterDescription", "RowDescription");
        client.send(bind("s1"), execute(), parse("", insert), bind(""), execute(), sync());
        reader.answer(List.of("Sync"), ready('I'));
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Close S s1", "Flush");
        writer.send(parseComplete(), parameterDescription(INT4), TEXTS, closeComplete());
        fails(writer);
        writer.expect("Parse s1: " + SQL, "Describe S s1", "Flush", "Bind s1", "Execute");
        writer.expect("Parse : " + insert, "Bind ", "Execute", "Sync");
        writer.send(ready('I'));
        client.expect(CHANGED, "Ready I");
    }
}

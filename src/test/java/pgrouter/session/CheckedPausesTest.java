package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.config.ReadWait;
import pgrouter.exchange.Relay;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions;
import pgrouter.routing.SuspectNames;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** A read that calls functions, and pauses: nothing of its answer counts before the check, which goes with its end. */
final class CheckedPausesTest extends OnOneStandby {
    private static final String SQL = "SELECT own(1)";
    private static final String INSERT = "INSERT INTO t VALUES (1)";
    private static final Functions FUNCTIONS = functions("700");
    private static final FunctionCheck CHECK = FUNCTIONS.check(List.of("fown")).orElseThrow();

    CheckedPausesTest() {
        super(Stage.with(1).readWait(ReadWait.of(Duration.ofMinutes(1))).suspects(known(FUNCTIONS)));
    }

    private static Functions functions(String version) {
        return new Functions(
                new Functions.OfServer(FunctionNames.NONE, FunctionNames.NONE),
                Map.of("own", Map.of(20000L, version)),
                Set.of(),
                Map.of(),
                Optional.of(new Lsn(1000)));
    }

    private static SuspectNames known(Functions functions) {
        return SuspectNames.of(Map.of(), false).among(functions);
    }

    private void says(String sql) throws Exception {
        client.send(parse("", sql), bind(""), execute());
    }

    private static void hears(Connection backend, String sql) throws Exception {
        backend.expect("Parse : " + sql, "Bind ", "Execute");
    }

    private static byte[] done(String value) {
        return join(parseComplete(), bindComplete(), dataRow(value), complete("SELECT 1"));
    }

    private void expectDone(String value) throws Exception {
        client.expect("ParseComplete", "BindComplete", "Row " + value, "Complete SELECT 1");
    }

    /** The client ends what the writer has got. */
    private void ends(String value) throws Exception {
        client.send(sync());
        writer.answer(List.of("Sync"), done(value), ready('I'));
        expectDone(value);
        client.expect("Ready I");
    }

    /** Nothing may remain of functions that nobody knows. */
    private void theStandbysConnectionIsGivenUp() throws Exception {
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.expectEnd();
    }

    @Test
    void theCheckGoesWithTheEndWhereverTheRequestIsCut() throws Exception {
        byte[] request = join(parse("", SQL), bind(""), execute(), sync());
        for (int at = 1; at < request.length; at++) {
            client.sendSplit(request, at);
            hears(reader, SQL);
            reader.expect("Sync", "Query " + CHECK.query());
            reader.send(done("1"), ready('I'), row(CHECK.expected()));
            expectDone("1");
            client.expect("Ready I");
        }
    }

    @Test
    void theWriterIsAskedWhereAFunctionWasReplaced() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.send(done("1"));
        client.send(sync());
        reader.answer(List.of("Sync", "Query " + CHECK.query()), ready('I'), row("20000:999"));
        hears(writer, SQL);
        writer.answer(List.of("Sync"), done("2"), ready('I'));
        expectDone("2");
        client.expect("Ready I");
        reader.expectTerminate();
    }

    @Test
    void anErrorThatNobodyHasCheckedIsTheWritersToSay() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.send(parseComplete(), bindComplete(), error("P0001", "by the new one"));
        reader.expectTerminate();
        hears(writer, SQL);
        ends("2");
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void whatTheClientHasCancelledGoesNowhereElse() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.send(parseComplete(), bindComplete(), error("57014", "canceling statement"));
        client.expect("ParseComplete", "BindComplete", "ERROR 57014 canceling statement");
        client.send(sync());
        reader.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        reader.expectTerminate();
    }

    @Test
    void aReplyThatIsTooLargeToBeHeldIsTheWritersToGive() throws Exception {
        byte[] part = dataRow("x".repeat(Relay.HOLD_LIMIT / 4));
        says(SQL);
        hears(reader, SQL);
        reader.send(parseComplete(), bindComplete(), part, part, part, part, part);
        reader.expect("Sync");
        theStandbysConnectionIsGivenUp();
        hears(writer, SQL);
        ends("2");
    }

    @Test
    void aWriteThatFollowsTakesTheReadBack() throws Exception {
        says(SQL);
        hears(reader, SQL);
        reader.send(done("1"));
        says(INSERT);
        reader.expect("Sync");
        theStandbysConnectionIsGivenUp();
        hears(writer, SQL);
        hears(writer, INSERT);
    }

    @Test
    void aCallThatComesAfterAPauseIsTheWritersWithAllThatCameBefore() throws Exception {
        says("SELECT 1");
        hears(reader, "SELECT 1");
        says(SQL);
        reader.answer(List.of("Sync"), done("1"), ready('I'));
        hears(writer, "SELECT 1");
        hears(writer, SQL);
        client.send(sync());
        writer.answer(List.of("Sync"), done("1"), done("2"), ready('I'));
        expectDone("1");
        expectDone("2");
        client.expect("Ready I");
    }

    @Test
    void aCallThatComesAfterAPartOfTheAnswerIsTheWriters() throws Exception {
        String large = "x".repeat(Relay.HOLD_LIMIT);
        says("SELECT 1");
        hears(reader, "SELECT 1");
        reader.send(done(large));
        expectDone(large);
        says(SQL);
        reader.answer(List.of("Flush", "Sync"), ready('I'));
        hears(writer, SQL);
        ends("2");
    }

    @Test
    void whatIsFlushedAfterAPauseCannotBeChecked() throws Exception {
        client.send(parse("", SQL), bind(""));
        reader.expect("Parse : " + SQL, "Bind ");
        client.send(execute(), flush());
        reader.expect("Sync");
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        writer.send(done("2"));
        expectDone("2");
    }

    @Test
    void aCatalogThatWasReadInAPauseIsNotWhatTheReadWasLookedAtWith() throws Exception {
        says(SQL);
        hears(reader, SQL);
        stage.suspects(known(functions("999")));
        says(SQL);
        reader.expect("Sync");
        hears(writer, SQL);
        hears(writer, SQL);
    }

    @Test
    void aReadThatComesLongAfterIsLookedAtAnew() throws Exception {
        says("SELECT a FROM shown");
        hears(reader, "SELECT a FROM shown");
        stage.suspects(known(functions("999")));
        says("SELECT a FROM shown");
        reader.answer(List.of("Sync"), done("1"), ready('I'));
        hears(writer, "SELECT a FROM shown");
        hears(writer, "SELECT a FROM shown");
    }

    @Test
    void theEndOfAReadIsNoReasonToLookAtItAnew() throws Exception {
        says(SQL);
        hears(reader, SQL);
        stage.suspects(known(functions("999")));
        client.send(sync());
        reader.expect("Sync", "Query " + CHECK.query());
        reader.send(done("1"), ready('I'), row(CHECK.expected()));
        expectDone("1");
        client.expect("Ready I");
    }

    /** Rows that were flushed are the client's: what follows is another matter. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5_000})
    void aCallOfAStatementAfterRowsThatWereFlushedIsTheWriters(int size) throws Exception {
        client.send(parse("s", SQL), sync());
        reader.answer(List.of("Parse s: " + SQL, "Sync", "Query " + CHECK.query()), parseComplete(), ready('I'));
        reader.send(row(CHECK.expected()));
        client.expect("ParseComplete", "Ready I");
        client.send(parse("", "SELECT 1"), bind(""), execute(), flush());
        reader.answer(List.of("Parse : SELECT 1", "Bind ", "Execute", "Flush"), done("1"));
        expectDone("1");
        client.send(bind("s", new byte[size]), execute(), sync());
        reader.answer(List.of("Flush", "Sync"), ready('I'));
        writer.expect("Parse s: " + SQL, "Bind s", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 2", "Complete SELECT 1", "Ready I");
    }

    /** The portal is on the standby; what comes after it is not. */
    @Test
    void aCallAfterTheRestOfAPortalIsTheWriters() throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute(), flush());
        reader.answer(List.of("Parse : SELECT 1", "Bind ", "Execute", "Flush"), done("1"));
        expectDone("1");
        client.send(execute(), parse("", SQL), bind(""), execute());
        reader.answer(List.of("Execute", "Flush"), complete("SELECT 0"));
        client.expect("Complete SELECT 0");
        reader.answer(List.of("Sync"), ready('I'));
        hears(writer, SQL);
        ends("2");
    }
}

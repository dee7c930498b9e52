package pgrouter.session;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.functionCall;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.functionResult;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.routing.SuspectNames;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/**
 * A read needs a standby that has replayed what the primary had flushed after the write. Where the primary may have
 * acknowledged the write before that, it needs what the primary had inserted.
 */
final class AsynchronousWritesTest {
    private static final String UPDATE = "UPDATE t SET a = 1";

    @RegisterExtension
    private final Stage stage = Stage.with(1).consistency(Consistency.CLUSTER);

    private FakeClient client;
    private Connection writer;
    private Connection reader;
    private FakeClient other;
    private Connection othersWriter;
    private Connection othersReader;

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
        other = stage.client();
        othersWriter = stage.writer();
        othersReader = stage.reader();
        flushed(2000, 2000, 2000);
        othersReadGoesTo(othersReader);
    }

    @Test
    void aCommitIsReachedWhereItWasFlushed() throws Exception {
        on(UPDATE, "UPDATE 1", 'I');
        flushed(3000, 9000, 2999);
        othersReadGoesTo(othersWriter);
        flushed(3000, 9000, 3000);
        othersReadGoesTo(othersReader);
    }

    @Test
    void aSessionReachesItsOwnCommitThere() throws Exception {
        on(UPDATE, "UPDATE 1", 'I');
        on("SHOW work_mem", "SHOW", 'I');
        flushed(3000, 9000, 3000);
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private void othersReachWhatIsInserted() throws Exception {
        flushed(3000, 9000, 8999);
        othersReadGoesTo(othersWriter);
        flushed(3000, 9000, 9000);
        othersReadGoesTo(othersReader);
    }

    @Test
    void aCommitOfASessionThatDoesNotWaitForTheFlushIsReachedWhereItWasInserted() throws Exception {
        on("SET synchronous_commit = off", "SET", 'I');
        on(UPDATE, "UPDATE 1", 'I');
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneOfATransactionThatDoesNotWait() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on("SET LOCAL synchronous_commit = off", "SET", 'T');
        on(UPDATE, "UPDATE 1", 'T');
        on("COMMIT", "COMMIT", 'I');
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneInTheTextThatSetsIt() throws Exception {
        String text = "BEGIN; SET LOCAL synchronous_commit = off; " + UPDATE + "; COMMIT";
        client.send(query(text));
        writer.answer(text, complete("BEGIN"), complete("SET"), complete("UPDATE 1"), complete("COMMIT"), ready('I'));
        client.expect("Complete BEGIN", "Complete SET", "Complete UPDATE 1", "Complete COMMIT", "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneInThePipelineThatSetsIt() throws Exception {
        String set = "SET LOCAL synchronous_commit = off";
        client.send(join(
                parse("", set), bindNothing(""), execute(), parse("", UPDATE), bindNothing(""), execute(), sync()));
        writer.answer(
                List.of("Parse : " + set, "Bind ", "Execute", "Parse : " + UPDATE, "Bind ", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("SET"),
                parseComplete(),
                bindComplete(),
                complete("UPDATE 1"),
                ready('I'));
        client.expect(
                "ParseComplete",
                "BindComplete",
                "Complete SET",
                "ParseComplete",
                "BindComplete",
                "Complete UPDATE 1",
                "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneAfterABlockThatMayHaveSetAnything() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on("DO $$BEGIN EXECUTE x; END$$", "DO", 'T');
        on(UPDATE, "UPDATE 1", 'T');
        on("COMMIT", "COMMIT", 'I');
        othersReachWhatIsInserted();
    }

    /** It may be a call of set_config. */
    @Test
    void soIsAFunctionCall() throws Exception {
        client.send(functionCall(1598));
        writer.answer(List.of("FunctionCall 1598"), functionResult(), ready('I'));
        client.expect("FunctionResult", "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneWhereATriggerMayNotWait() throws Exception {
        stage.suspects(
                SuspectNames.of(new SuspectNames.Found(Map.of(), Map.of(), Map.of(), Map.of(), false, false, true)));
        on(UPDATE, "UPDATE 1", 'I');
        othersReachWhatIsInserted();
    }

    /** It may have set it for the session. */
    @Test
    void soIsOneAfterSuchATriggerIsGone() throws Exception {
        stage.suspects(
                SuspectNames.of(new SuspectNames.Found(Map.of(), Map.of(), Map.of(), Map.of(), false, false, true)));
        on(UPDATE, "UPDATE 1", 'I');
        stage.suspects(SuspectNames.NONE);
        flushed(2500, 2500, 2500);
        flushed(2600, 2600, 2600);
        on(UPDATE, "UPDATE 1", 'I');
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneOfALoginThatDoesNotWait() throws Exception {
        FakeClient late = stage.dial();
        late.logIn(
                FakeClient.PROTOCOL_3_0,
                Map.of("user", Stage.USER, "database", "app", "options", "-c synchronous-commit=off"),
                Stage.PASSWORD);
        Connection latesWriter = stage.writer();
        flushed(2000, 2000, 2000);
        late.send(query(UPDATE));
        latesWriter.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        late.expect("Complete UPDATE 1", "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void soIsOneWhereTheServersSettingsDoNotWait() throws Exception {
        on(UPDATE, "UPDATE 1", 'I');
        stage.moveTo(new Lsn(3000), new Lsn(9000), true, new Lsn(3000));
        othersReadGoesTo(othersWriter);
    }

    /** The setting was that of the session's role when it has logged in. */
    @Test
    void soIsOneOfASessionThatHasLoggedInUnderSuchSettings() throws Exception {
        stage.moveTo(new Lsn(2000), new Lsn(2000), true, new Lsn(2000));
        flushed(2000, 2000, 2000);
        on(UPDATE, "UPDATE 1", 'I');
        othersReachWhatIsInserted();
    }

    /** Its role may have got the setting just before its login. */
    @Test
    void soIsOneOfASessionThatHasJustLoggedIn() throws Exception {
        FakeClient late = stage.client();
        Connection latesWriter = stage.writer();
        late.send(query(UPDATE));
        latesWriter.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        late.expect("Complete UPDATE 1", "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void soIsALostOneWhichMayBeThere() throws Exception {
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        writer.close();
        client.reply();
        othersReachWhatIsInserted();
    }

    /** The primary shows the commit before it acknowledges it. */
    @Test
    void soIsOneThatWasReadBeforeItsAcknowledgement() throws Exception {
        on("SET synchronous_commit = off", "SET", 'I');
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        othersReadOnThePrimary();
        othersReachWhatIsInserted();
    }

    /** The client may go on with anything after its pause. */
    @Test
    void soIsOneOfARequestThatIsNotAtItsEnd() throws Exception {
        client.send(join(parse("", UPDATE), bindNothing(""), execute()));
        writer.expect("Parse : " + UPDATE, "Bind ", "Execute");
        othersReadOnThePrimary();
        othersReachWhatIsInserted();
    }

    @Test
    void afterItsAcknowledgementTheNextReadOnThePrimaryIsAnOrdinaryOne() throws Exception {
        on("SET synchronous_commit = off", "SET", 'I');
        on(UPDATE, "UPDATE 1", 'I');
        flushed(3000, 3000, 3000);
        flushed(4000, 4000, 4000);
        othersReadOnThePrimary();
        flushed(5000, 9000, 5000);
        othersReadGoesTo(othersReader);
    }

    /** The configuration was another one for a moment while the statement ran. */
    @Test
    void soIsOneThatHasRunUnderSuchSettings() throws Exception {
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        stage.moveTo(new Lsn(2000), new Lsn(2000), true, new Lsn(2000));
        flushed(2000, 2000, 2000);
        flushed(2100, 2100, 2100);
        writer.send(complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
        othersReachWhatIsInserted();
    }

    /** It covers all writes before it. */
    @Test
    void aCommitAfterThatIsReachedWhereItWasInserted() throws Exception {
        on("SET synchronous_commit = off", "SET", 'I');
        on(UPDATE, "UPDATE 1", 'I');
        other.send(query(UPDATE));
        othersWriter.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        other.expect("Complete UPDATE 1", "Ready I");
        othersReachWhatIsInserted();
    }

    @Test
    void onceThatIsFlushedOneIsReachedWhereItWasFlushedAgain() throws Exception {
        on("SET synchronous_commit = off", "SET", 'I');
        on(UPDATE, "UPDATE 1", 'I');
        flushed(3000, 9000, 3000);
        flushed(9000, 20_000, 9000);
        other.send(query(UPDATE));
        othersWriter.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        other.expect("Complete UPDATE 1", "Ready I");
        other.send(query("SHOW work_mem"));
        othersWriter.answer("SHOW work_mem", complete("SHOW"), ready('I'));
        other.expect("Complete SHOW", "Ready I");
        flushed(10_000, 20_000, 10_000);
        othersReadGoesTo(othersReader);
    }

    private void flushed(long flushed, long inserted, long standby) {
        stage.moveTo(new Lsn(flushed), new Lsn(inserted), false, new Lsn(standby));
    }

    private void on(String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        writer.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    private void othersReadGoesTo(Connection backend) throws Exception {
        other.send(query("SELECT 1"));
        backend.answer("SELECT 1", row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        if (backend.equals(othersWriter)) {
            isNoted();
        }
    }

    private void othersReadOnThePrimary() throws Exception {
        String sql = "/* pgrouter: writer */ SELECT 1";
        other.send(query(sql));
        othersWriter.answer(sql, row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        isNoted();
    }

    /** The session takes its next request when it has noted when it has read on the primary. */
    private void isNoted() throws Exception {
        other.send(sync());
        othersWriter.answer(List.of("Sync"), ready('I'));
        other.expect("Ready I");
    }
}

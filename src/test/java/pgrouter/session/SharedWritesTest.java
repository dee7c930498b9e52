package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.functionCall;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.functionResult;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.exchange.Relay;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/**
 * With {@code consistency cluster} a session reads what another one has written: from the writer, from the moment when
 * the commit is acknowledged until its standby is known to have replayed it.
 */
final class SharedWritesTest {
    private static final String UPDATE = "UPDATE t SET a = 1";

    @RegisterExtension
    private final Stage stage = Stage.with(1).consistency(Consistency.CLUSTER);

    private FakeClient client;
    private Connection writer;
    private Connection reader;
    private FakeClient other;
    private Connection othersWriter;
    private Connection othersReader;
    private long position = 2000;

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
        other = stage.client();
        othersWriter = stage.writer();
        othersReader = stage.reader();
        standbyHasAll();
        othersReadGoesTo(othersReader);
    }

    @Test
    void aWriteOfAnotherSessionIsSeenOnceItIsAcknowledged() throws Exception {
        on(UPDATE, "UPDATE 1", 'I');
        othersReadGoesTo(othersWriter);
        othersReadIsNoted();
        stage.publish(new Lsn(3000), new Lsn(2999));
        othersReadGoesTo(othersWriter);
        othersReadIsNoted();
        stage.publish(new Lsn(3000), new Lsn(3000));
        othersReadGoesTo(othersReader);
    }

    /** The server shows a commit before it tells its client. */
    @Test
    void aReadSeesWhatTheSessionHasReadOnThePrimary() throws Exception {
        String onPrimary = "/* pgrouter: writer */ SELECT 1";
        other.send(query(onPrimary));
        othersWriter.answer(onPrimary, row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        othersReadGoesTo(othersWriter);
        othersReadIsNoted();
        stage.publish(new Lsn(3000), new Lsn(2999));
        othersReadGoesTo(othersWriter);
        othersReadIsNoted();
        stage.publish(new Lsn(3000), new Lsn(3000));
        othersReadGoesTo(othersReader);
    }

    /** What was written elsewhere since is none of its business. */
    @Test
    void aSessionThatComesLaterNeedsNoMoreThanTheWrite() throws Exception {
        other = stage.client();
        stage.writer();
        othersReader = stage.reader();
        on(UPDATE, "UPDATE 1", 'I');
        stage.publish(new Lsn(3000), new Lsn(3000));
        stage.publish(new Lsn(4000), new Lsn(3000));
        othersReadGoesTo(othersReader);
    }

    @Test
    void aSessionThatHasWrittenNeedsNoMoreWhenItReadsLater() throws Exception {
        on(UPDATE, "UPDATE 1", 'I');
        assertThat(stage.lastRoute(client, writer)).startsWith("writer");
        stage.publish(new Lsn(3000), new Lsn(3000));
        stage.publish(new Lsn(4000), new Lsn(3000));
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** A client may tell others of its write as soon as it has the completion. */
    @Test
    void aWriteIsNotedBeforeItsClientHasTheCompletion() throws Exception {
        client.send(query(UPDATE));
        writer.answer(UPDATE, complete("UPDATE 1"));
        client.expect("Complete UPDATE 1");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aCommandOfTheExtendedProtocolIsNoWriteBeforeItsSync() throws Exception {
        client.send(join(parse("", UPDATE), bindNothing(""), execute(), flush()));
        writer.answer(
                List.of("Parse : " + UPDATE, "Bind ", "Execute", "Flush"),
                parseComplete(),
                bindComplete(),
                complete("UPDATE 1"));
        client.expect("ParseComplete", "BindComplete", "Complete UPDATE 1");
        othersReadGoesTo(othersReader);
        standbyHasAll();
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        othersReadGoesTo(othersWriter);
    }

    /** All of them are one transaction, which is committed after the last one. */
    @Test
    void aTextOfSeveralStatementsIsOneWriteAtItsEnd() throws Exception {
        client.send(query(UPDATE + "; SELECT 2"));
        writer.answer(UPDATE + "; SELECT 2", complete("UPDATE 1"));
        client.expect("Complete UPDATE 1");
        standbyHasAll();
        writer.send(rowDescription("c"), dataRow("2"), complete("SELECT 1"), ready('I'));
        assertThat(client.reply()).endsWith("Complete SELECT 1", "Ready I");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aCommitInTheMiddleOfATextIsAWriteAtOnce() throws Exception {
        String text = "BEGIN; " + UPDATE + "; COMMIT; SELECT 2";
        client.send(query(text));
        writer.answer(text, complete("BEGIN"), complete("UPDATE 1"));
        client.expect("Complete BEGIN", "Complete UPDATE 1");
        standbyHasAll();
        writer.send(complete("COMMIT"));
        client.expect("Complete COMMIT");
        othersReadGoesTo(othersWriter);
    }

    /** No command tag tells that it has run. */
    @Test
    void aFunctionCallIsAWrite() throws Exception {
        client.send(functionCall(1598));
        writer.answer(List.of("FunctionCall 1598"), functionResult(), ready('I'));
        client.expect("FunctionResult", "Ready I");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aFunctionInALargeMessageAfterAFlushMayWrite() throws Exception {
        String call = "SELECT f('" + "x".repeat(Relay.HOLD_LIMIT) + "')";
        client.send(join(parse("", "SHOW work_mem"), bindNothing(""), execute(), flush()));
        writer.answer(
                List.of("Parse : SHOW work_mem", "Bind ", "Execute", "Flush"),
                parseComplete(),
                bindComplete(),
                complete("SHOW"));
        client.expect("ParseComplete", "BindComplete", "Complete SHOW");
        client.send(query(call));
        writer.answer(call, row("1"));
        assertThat(client.reply()).endsWith("Ready I");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aFunctionInATransactionMayWriteWithItsCommit() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on("SELECT f(1)", "SELECT 1", 'T');
        othersReadGoesTo(othersReader);
        standbyHasAll();
        on("COMMIT", "COMMIT", 'I');
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aCommitThatChainsIsAWrite() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on(UPDATE, "UPDATE 1", 'T');
        standbyHasAll();
        on("COMMIT AND CHAIN", "COMMIT", 'T');
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aPreparedTransactionIsAWriteWhenItIsCommitted() throws Exception {
        on("COMMIT PREPARED 'x'", "COMMIT PREPARED", 'I');
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aWriteThatFailsIsNone() throws Exception {
        client.send(query(UPDATE));
        writer.answer(UPDATE, error("23514", "check"), ready('I'));
        client.expect("ERROR 23514 check", "Ready I");
        othersReadGoesTo(othersReader);
    }

    @Test
    void aProcedureThatFailsMayHaveCommitted() throws Exception {
        client.send(query("CALL p()"));
        writer.answer("CALL p()", error("P0001", "no more"), ready('I'));
        client.expect("ERROR P0001 no more", "Ready I");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aBlockThatFailsMayHaveCommitted() throws Exception {
        String block = "DO $$BEGIN UPDATE t SET a = 1; COMMIT; RAISE 'no more'; END$$";
        client.send(query(block));
        writer.answer(block, error("P0001", "no more"), ready('I'));
        client.expect("ERROR P0001 no more", "Ready I");
        othersReadGoesTo(othersWriter);
    }

    @Test
    void whatIsInAnOpenTransactionIsNoWriteYet() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on(UPDATE, "UPDATE 1", 'T');
        othersReadGoesTo(othersReader);
        standbyHasAll();
        on("COMMIT", "COMMIT", 'I');
        othersReadGoesTo(othersWriter);
    }

    @Test
    void aTransactionThatHasOnlyReadIsNoWrite() throws Exception {
        on("BEGIN", "BEGIN", 'T');
        on("SELECT 1", "SELECT 1", 'T');
        on("COMMIT", "COMMIT", 'I');
        othersReadGoesTo(othersReader);
    }

    @Test
    void aQuestionOfPgroutersOwnAfterAWriteIsNone() throws Exception {
        client.send(query("SELECT f(1), set_config('work_mem', '1MB', false)"));
        writer.answer("SELECT f(1), set_config('work_mem', '1MB', false)", row("1"));
        assertThat(client.reply()).endsWith("Ready I");
        standbyHasAll();
        writer.answerQuestion("setting work_mem", OnOneStandby.answer("setting", "work_mem", "1MB"));
        on("SHOW work_mem", "SHOW", 'I');
        othersReadGoesTo(othersReader);
    }

    @Test
    void aLostWriteMayBeThere() throws Exception {
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        writer.close();
        assertThat(client.reply()).endsWith("Ready I");
        othersReadGoesTo(othersWriter);
    }

    /** Health asks all nodes now, and the standby has replayed all that the primary has. */
    private void standbyHasAll() {
        position++;
        stage.publish(new Lsn(position), new Lsn(position));
    }

    private void on(String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        writer.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    /** The session takes its next request when it has noted when it has read. */
    private void othersReadIsNoted() throws Exception {
        other.send(sync());
        othersWriter.answer(List.of("Sync"), ready('I'));
        other.expect("Ready I");
    }

    private void othersReadGoesTo(Connection backend) throws Exception {
        other.send(query("SELECT 1"));
        backend.answer("SELECT 1", row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }
}

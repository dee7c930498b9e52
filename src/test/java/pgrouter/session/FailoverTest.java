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
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** The primary goes, and another comes: what each kind of request is told, and what is never run twice. */
final class FailoverTest extends OnOneStandby {
    private static final Lsn LATER = new Lsn(5000);
    private static final String UPDATE = "UPDATE t SET a = 1";

    FailoverTest() {
        super(Stage.with(1).failover(Duration.ofSeconds(30)));
    }

    /** The primary is gone, and the standby is the next one. */
    private void promote() throws Exception {
        stage.primary().close();
        writer.close();
        stage.publishPromotion(LATER);
    }

    @Test
    void anIdleSessionGoesOnWithTheNextPrimary() throws Exception {
        writer.send(fatal("57P01", "terminating connection due to administrator command"));
        promote();
        client.send(query(UPDATE));
        stage.reader().answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aRequestWaitsUntilThereIsAPrimary() throws Exception {
        writer.close();
        stage.publishLostPrimary(LATER);
        client.send(query(UPDATE));
        stage.publishPromotion(LATER);
        stage.reader().answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void readsGoOnWithoutAPrimary() throws Exception {
        writer.close();
        stage.publishLostPrimary(LATER);
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aClientLogsInWithoutAPrimaryAndReads() throws Exception {
        stage.publishLostPrimary(LATER);
        FakeClient second = stage.client();
        second.send(query("SELECT 1"));
        stage.reader().answer("SELECT 1", row("1"));
        second.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatWasSentAndNotAnsweredIsNeverSentAgain() throws Exception {
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        promote();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready I");
        assertTheNextPrimaryGetsOnly("INSERT INTO t VALUES (2)");
    }

    @Test
    void aTransactionThatBeginsAndWritesInOneRequestIsNeverSentAgain() throws Exception {
        String both = "BEGIN; UPDATE t SET a = 1";
        client.send(query(both));
        writer.expect("Query " + both);
        promote();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready E");
        failedTransactionUntilRollback();
    }

    @Test
    void aPipelineThatBeginsAndWritesIsNeverSentAgain() throws Exception {
        client.send(parse("", "BEGIN"), bind(""), execute(), parse("", UPDATE), bind(""), execute(), sync());
        writer.expect("Parse : BEGIN", "Bind ", "Execute", "Parse : " + UPDATE, "Bind ", "Execute", "Sync");
        promote();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready E");
        failedTransactionUntilRollback();
    }

    @Test
    void aLostBeginIsBegunAgainAndWhatFollowedIsWithinIt() throws Exception {
        client.send(join(query("BEGIN"), query(UPDATE)));
        writer.expect("Query BEGIN");
        promote();
        Connection next = stage.reader();
        next.answer("BEGIN", complete("BEGIN"), ready('T'));
        next.answer(UPDATE, complete("UPDATE 1"), ready('T'));
        client.expect("Complete BEGIN", "Ready T", "Complete UPDATE 1", "Ready T");
    }

    @Test
    void aTransactionThatWasLostHasFailedUntilTheClientEndsIt() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        promote();
        client.send(query(UPDATE));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
        failedTransactionUntilRollback();
    }

    private void failedTransactionUntilRollback() throws Exception {
        client.send(query(UPDATE));
        Connection next = stage.reader();
        next.answer("BEGIN", complete("BEGIN"), ready('T'));
        next.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        next.answer(UPDATE, error("25P02", "aborted"), ready('E'));
        client.expect("ERROR 25P02 aborted", "Ready E");
        client.send(query("ROLLBACK"));
        next.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    @Test
    void aRollbackOfATransactionThatWasLostSucceeds() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        promote();
        client.send(query("ROLLBACK"));
        Connection next = stage.reader();
        next.answer("BEGIN", complete("BEGIN"), ready('T'));
        next.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        next.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    @Test
    void aSessionThatIsTiedToASlowPrimaryWaitsForIt() throws Exception {
        tie();
        stage.publishLostPrimary(LATER);
        client.send(query(UPDATE));
        writer.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aSessionThatIsTiedToTheLostPrimaryEndsAtOnce() throws Exception {
        tie();
        stage.primary().close();
        writer.close();
        assertThat(client.read()).startsWith("FATAL 57P01 ").contains("LISTEN");
        client.expectEnd();
    }

    @Test
    void aCommitThatWasNotAnsweredMayHaveHappenedAndTheTransactionIsOver() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(query("COMMIT"));
        writer.expect("Query COMMIT");
        promote();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready I");
        assertTheNextPrimaryGetsOnly("INSERT INTO t VALUES (2)");
    }

    @Test
    void theRestOfAPipelineThatWasLostIsPassedOver() throws Exception {
        client.send(parse("", UPDATE), bind(""), execute(), flush());
        writer.expect("Parse : " + UPDATE, "Bind ", "Execute", "Flush");
        promote();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.send(parse("", "UPDATE t SET a = 2"), bind(""), execute(), sync());
        client.expect("Ready I");
        assertTheNextPrimaryGetsOnly("INSERT INTO t VALUES (2)");
    }

    @Test
    void preparedStatementsAreOnTheNextPrimary() throws Exception {
        client.send(parse("s1", "UPDATE t SET a = $1"), sync());
        writer.answer(List.of("Parse s1: UPDATE t SET a = $1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        promote();
        client.send(bind("s1"), execute(), sync());
        stage.reader()
                .answer(
                        List.of("Parse s1: UPDATE t SET a = $1", "Bind s1", "Execute", "Sync"),
                        parseComplete(),
                        bindComplete(),
                        complete("UPDATE 1"),
                        ready('I'));
        client.expect("BindComplete", "Complete UPDATE 1", "Ready I");
    }

    private void tie() throws Exception {
        client.send(query("LISTEN c"));
        writer.answer("LISTEN c", complete("LISTEN"), ready('I'));
        client.expect("Complete LISTEN", "Ready I");
        writer.answerQuestion("pin LISTEN", dataRow("pin", "LISTEN", "t", null));
        client.send(query("NOTIFY c"));
        writer.answer("NOTIFY c", complete("NOTIFY"), ready('I'));
        client.expect("Complete NOTIFY", "Ready I");
    }

    private void assertTheNextPrimaryGetsOnly(String sql) throws Exception {
        client.send(query(sql));
        stage.reader().answer(sql, complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }
}

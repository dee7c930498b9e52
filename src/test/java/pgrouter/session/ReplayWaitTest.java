package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
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
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.config.ReadWait;
import pgrouter.config.Transactions;
import pgrouter.exchange.Relay;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** A standby of PostgreSQL 19 waits itself until it has replayed what a read must see. */
final class ReplayWaitTest extends OnOneStandby {
    private static final Lsn WRITTEN = new Lsn(2000);
    private static final Lsn BEFORE = new Lsn(1999);
    private static final String SQL = "SELECT 1";

    ReplayWaitTest() {
        super(Stage.with(1).readWait(ReadWait.of(Duration.ofMinutes(1))));
    }

    @Override
    @BeforeEach
    void logIn() throws Exception {
        runs("19.1");
        super.logIn();
    }

    /** New connections to the standby are to a server of this version. */
    private void runs(String version) {
        stage.standby().parameter("server_version", version);
    }

    private void write() throws Exception {
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        tellPosition();
    }

    /** The primary tells the position of the last write, and health does not know that the standby has it. */
    private void tellPosition() {
        stage.probes().answer((node, count) -> {
            stage.publish(WRITTEN, BEFORE);
            return true;
        });
    }

    private static void expectWait(Connection standby) throws IOException {
        assertThat(standby.read().fromClient())
                .matches(
                        "Query WAIT FOR LSN '0/7D0' WITH \\(MODE 'standby_replay', TIMEOUT '[1-9]\\d*ms', NO_THROW\\)");
    }

    private static byte[] status(String status) {
        return Frontend.join(rowDescription("status"), dataRow(status), complete("WAIT"), ready('I'));
    }

    /** The client sends a read, and the standby gets it after the wait, in one write: it has answered neither. */
    private void read() throws Exception {
        client.send(query(SQL));
        expectWait(reader);
        reader.expect("Query " + SQL);
    }

    /** The standby has run the read in vain. */
    private void isLate(byte[] answer) throws Exception {
        reader.send(answer);
        reader.expect("Sync");
        reader.send(row("old"), ready('I'));
    }

    private void expectFromWriter() throws Exception {
        writer.answer(SQL, row("new"));
        client.expect("RowDescription", "Row new", "Complete SELECT 1", "Ready I");
    }

    private void expectFromReader() throws Exception {
        reader.answer(SQL, row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private long redirects() {
        return stage.metrics().backend("127.0.0.1:" + stage.standby().port()).redirects();
    }

    @Test
    void theStandbyWaitsInTheSameWriteAsTheRead() throws Exception {
        write();
        read();
        reader.send(status("success"), row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        assertThat(stage.probes().asked()).as("health asks no standby").containsExactly("await primary");
        assertThat(stage.lastRoute(client, writer)).matches("reader \\S+, waited \\d+\\.\\d ms");
    }

    @Test
    void nothingIsShownBeforeTheStandbyHasWaited() throws Exception {
        write();
        read();
        byte[] both = Frontend.join(status("success"), row("1"));
        for (byte piece : both) {
            reader.send(new byte[] {piece});
        }
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void theNextReadNeedNotWait() throws Exception {
        write();
        read();
        reader.send(status("success"), row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        client.send(query(SQL));
        expectFromReader();
    }

    @ParameterizedTest
    @ValueSource(strings = {"timeout", "not in recovery", "something new", ""})
    void anyAnswerButSuccessMovesTheReadToThePrimary(String answer) throws Exception {
        write();
        read();
        isLate(status(answer));
        expectFromWriter();
        assertThat(stage.lastRoute(client, writer)).matches("writer: own writes, waited \\d+\\.\\d ms");
        assertThat(redirects()).isZero();
    }

    /** It was no refusal: the text is not remembered, and what follows is no write. */
    @Test
    void aReadThatHasMovedIsReadFromTheStandbyNextTime() throws Exception {
        write();
        read();
        isLate(status("timeout"));
        expectFromWriter();
        stage.publish(WRITTEN, WRITTEN);
        client.send(query(SQL));
        expectFromReader();
    }

    @Test
    void aWaitWithoutARowIsNoSuccess() throws Exception {
        write();
        read();
        isLate(Frontend.join(complete("WAIT"), ready('I')));
        expectFromWriter();
    }

    @Test
    void aRefusalOfALateStandbyCountsForNothing() throws Exception {
        write();
        read();
        reader.send(status("timeout"));
        reader.expect("Sync");
        reader.send(error("25006", "read-only"), ready('I'), ready('I'));
        expectFromWriter();
        assertThat(redirects()).isZero();
    }

    @Test
    void aLargeReplyOfALateStandbyIsDropped() throws Exception {
        write();
        read();
        reader.send(status("timeout"));
        reader.expect("Sync");
        String large = "x".repeat(Relay.HOLD_LIMIT);
        reader.send(rowDescription("c"), dataRow(large), dataRow(large), complete("SELECT 2"), ready('I'), ready('I'));
        expectFromWriter();
    }

    /** Else the read would take twice its time. */
    @Test
    void aLateStandbyThatIsStillAtWorkIsCancelled() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMillis(200)));
        write();
        read();
        reader.send(status("timeout"));
        expectFromWriter();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
    }

    /** The read ran there, and may be the reason: the primary never gets it. */
    @Test
    void aReadWithWhichALateStandbyIsLostIsNotForThePrimary() throws Exception {
        write();
        read();
        reader.send(status("timeout"));
        reader.expect("Sync");
        reader.close();
        assertThat(client.read()).startsWith("ERROR 57P02 the read was not finished");
        client.expect("Ready I");
        on(writer, "SHOW work_mem", "SHOW", 'I');
    }

    @Test
    void aStandbyThatIsLostWhileItWaitsHasNotRunTheRead() throws Exception {
        write();
        read();
        reader.close();
        expectFromWriter();
    }

    @Test
    void aPreparedReadIsGivenItsStatementAfterTheWait() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(parse("s", SQL), sync());
        writer.answer(List.of("Parse s: " + SQL, "Sync"), parseComplete(), ready('T'));
        client.expect("ParseComplete", "Ready T");
        on(writer, "COMMIT", "COMMIT", 'I');
        write();
        client.send(bind("s"), execute(), sync());
        expectWait(reader);
        reader.expect("Parse s: " + SQL, "Bind s", "Execute", "Sync");
        reader.send(status("success"), parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** The wait is a simple query, which drops it. */
    @Test
    void theUnnamedStatementIsParsedAgain() throws Exception {
        String insert = "INSERT INTO t VALUES (1)";
        client.send(parse("", SQL), sync());
        reader.answer(List.of("Parse : " + SQL, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(parse("w", insert), bind("w"), execute(), sync());
        writer.answer(
                List.of("Parse w: " + insert, "Bind w", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("INSERT 0 1"),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete INSERT 0 1", "Ready I");
        tellPosition();
        client.send(bind(""), execute(), sync());
        expectWait(reader);
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Sync");
        reader.send(status("success"), parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aPreparedReadOfALateStandbyRunsOnThePrimary() throws Exception {
        write();
        client.send(parse("s", SQL), bind("s"), execute(), sync());
        expectWait(reader);
        reader.expect("Parse s: " + SQL, "Bind s", "Execute", "Sync");
        reader.send(status("timeout"));
        reader.expect("Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("old"), complete("SELECT 1"), ready('I'), ready('I'));
        writer.answer(
                List.of("Parse s: " + SQL, "Bind s", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                dataRow("new"),
                complete("SELECT 1"),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Row new", "Complete SELECT 1", "Ready I");
        stage.publish(WRITTEN, WRITTEN);
        client.send(bind("s"), execute(), sync());
        reader.expect("Close S s", "Parse s: " + SQL, "Bind s", "Execute", "Sync");
    }

    @Test
    void aReadThatIsFlushedMovesAsAWhole() throws Exception {
        write();
        client.send(parse("", SQL), bind(""), execute(), flush());
        expectWait(reader);
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        reader.send(status("timeout"));
        reader.expect("Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("old"), complete("SELECT 1"), ready('I'));
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        writer.send(parseComplete(), bindComplete(), dataRow("new"), complete("SELECT 1"));
        client.expect("ParseComplete", "BindComplete", "Row new", "Complete SELECT 1");
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
    }

    /** The standby has sent what it had, and refuses what comes after that. */
    @Test
    void aPartBeforeAPauseIsKeptAfterTheWaitToo() throws Exception {
        write();
        client.send(parse("", SQL), bind(""), execute());
        expectWait(reader);
        reader.expect("Parse : " + SQL, "Bind ", "Execute");
        reader.send(status("success"), parseComplete(), bindComplete(), dataRow("old"));
        reader.send(error("25006", "read-only"));
        reader.answer(List.of("Sync"), ready('I'));
        writer.expect("Parse : " + SQL, "Bind ", "Execute");
        client.send(sync());
        writer.expect("Sync");
        writer.send(parseComplete(), bindComplete(), dataRow("new"), complete("SELECT 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "Row new", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aTransactionThatBeganLateIsRolledBack() throws Exception {
        write();
        client.send(query("BEGIN READ ONLY"));
        expectWait(reader);
        reader.expect("Query BEGIN READ ONLY");
        reader.send(status("timeout"));
        reader.expect("Sync");
        reader.send(complete("BEGIN"), ready('T'), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
    }

    /** Its snapshot may be there already, and would keep the standby from replaying. */
    @Test
    void noStandbyWaitsInATransaction() throws Exception {
        stage.transactions(Transactions.OPTIMISTIC);
        FakeClient second = stage.client();
        Connection itsWriter = stage.writer();
        stage.reader();
        second.send(query("INSERT INTO t VALUES (1)"));
        itsWriter.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        second.expect("Complete INSERT 0 1", "Ready I");
        stage.probes().answer((node, count) -> {
            stage.publish(WRITTEN, BEFORE);
            return node.equals("primary");
        });
        second.send(query("BEGIN; SELECT 1"));
        itsWriter.expect("Query BEGIN; SELECT 1");
    }

    @Test
    void anOlderStandbyIsAskedByHealth() throws Exception {
        runs("18.1");
        FakeClient second = stage.client();
        Connection itsWriter = stage.writer();
        Connection itsReader = stage.reader();
        second.send(query("INSERT INTO t VALUES (1)"));
        itsWriter.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        second.expect("Complete INSERT 0 1", "Ready I");
        stage.probes().answer((node, count) -> {
            stage.publish(WRITTEN, count < 3 ? BEFORE : WRITTEN);
            return true;
        });
        second.send(query(SQL));
        itsReader.answer(SQL, row("1"));
        second.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        assertThat(stage.probes().asked())
                .containsExactly("request standby", "await primary", "await standby", "await standby");
    }

    @Test
    void aReadWaitsInTheOldWayWhereLessThanAMillisecondIsLeft() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofNanos(400_000)));
        write();
        client.send(query(SQL));
        expectFromWriter();
    }

    /** As a beta of PostgreSQL 19 does. */
    @Test
    void aStandbyThatDoesNotKnowTheOptionIsAskedOnce() throws Exception {
        write();
        read();
        isLate(Frontend.join(error("42601", "option \"mode\" not recognized"), ready('I')));
        expectFromWriter();
        stage.probes().answer((node, count) -> {
            stage.publish(WRITTEN, WRITTEN);
            return true;
        });
        client.send(query(SQL));
        expectFromReader();
        assertThat(stage.probes().asked()).containsExactly("await standby");
    }

    @Test
    void aStandbyOfAnotherVersionIsAskedToWaitAgain() throws Exception {
        write();
        read();
        isLate(Frontend.join(error("42601", "option \"mode\" not recognized"), ready('I')));
        expectFromWriter();
        runs("19.2");
        client.close();
        super.logIn();
        write();
        read();
        reader.send(status("success"), row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** The wait was cancelled, as by a client or a timeout: that says nothing about the server. */
    @ParameterizedTest
    @ValueSource(strings = {"57014", "40001", "55000"})
    void anErrorOfTheMomentIsNotRemembered(String sqlState) throws Exception {
        write();
        for (int i = 0; i < 2; i++) {
            read();
            isLate(Frontend.join(error(sqlState, "not now"), ready('I')));
            expectFromWriter();
        }
    }

    @Test
    void aStrictReadIsWaitedForTheSameWay() throws Exception {
        stage.consistency(Consistency.STRICT);
        client.close();
        super.logIn();
        stage.publish(BEFORE, BEFORE);
        tellPosition();
        read();
        reader.send(status("success"), row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        assertThat(stage.probes().asked()).doesNotContain("await standby");
        read();
        isLate(status("timeout"));
        expectFromWriter();
    }

    @Test
    void aReadOfAnotherSessionsWriteIsTold() throws Exception {
        stage.consistency(Consistency.CLUSTER);
        client.close();
        super.logIn();
        FakeClient second = stage.client();
        Connection itsWriter = stage.writer();
        stage.reader();
        second.send(query("INSERT INTO t VALUES (1)"));
        itsWriter.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        second.expect("Complete INSERT 0 1", "Ready I");
        tellPosition();
        read();
        isLate(status("timeout"));
        expectFromWriter();
        assertThat(stage.lastRoute(client, writer)).startsWith("writer: others' writes, waited ");
    }
}

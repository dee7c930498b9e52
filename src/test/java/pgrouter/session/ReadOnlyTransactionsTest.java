package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.bindPortal;
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
import static pgrouter.testing.Server.portalSuspended;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.config.ReadWait;
import pgrouter.request.RequestMessages;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/**
 * A read-only transaction of a standby sees what every read sees, and survives its standby: another server goes on with
 * it, as long as nothing is left that the other one would lack.
 */
final class ReadOnlyTransactionsTest {
    private static final String BEGIN = "BEGIN READ ONLY";
    private static final String READ = "SELECT v FROM t";
    private static final String ISOLATION = "SELECT pg_catalog.current_setting('transaction_isolation')";

    @RegisterExtension
    private final Stage stage = Stage.with(2).consistency(Consistency.CLUSTER).readWait(ReadWait.OFF);

    private FakeClient client;
    private Connection writer;
    private Connection reader;
    private FakeClient other;
    private Connection othersWriter;
    private long position = 2000;

    @BeforeEach
    void logIn() throws Exception {
        other = stage.client();
        othersWriter = stage.writer();
        stage.reader();
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
        standbysHaveAll();
    }

    @Test
    void itStaysOnItsStandbyWhileThatHasAllWrites() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        standbysHaveAll();
        on(reader, READ, "SELECT 1");
        end(reader);
    }

    /** A client may open it long before it reads. */
    @Test
    void aWriteBeforeItsFirstReadIsSeen() throws Exception {
        on(reader, "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ", "BEGIN");
        writesElsewhere();
        client.send(query(READ));
        writer.answer("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ", complete("BEGIN"), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        answersIn(writer, READ, "SELECT 1");
        on(writer, READ, "SELECT 1");
        end(writer);
        stage.publish(new Lsn(9000), new Lsn(9000));
        client.send(query(READ));
        reader.answer(READ, row("1"));
        assertThat(client.reply()).endsWith("Ready I");
    }

    @Test
    void aWriteBetweenTwoReadsIsSeen() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        theNextReadMoves();
        end(writer);
    }

    @Test
    void itMayHaveShownWhereItRan() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(query("SHOW pgrouter.last_route"));
        assertThat(reader.read().fromClient()).contains("pgrouter.last_route");
        reader.send(inTransaction("x"));
        reader.answer("SHOW pgrouter.last_route", inTransaction("x"));
        assertThat(client.reply()).endsWith("Ready T");
        writesElsewhere();
        theNextReadMoves();
    }

    @Test
    void aWriteIsSeenAlsoWhereTheOpeningCameWithTheFirstRead() throws Exception {
        client.send(join(
                parse("", BEGIN), bindNothing(""), execute(), parse("", READ), bindNothing(""), execute(), sync()));
        reader.expect("Parse : " + BEGIN, "Bind ", "Execute", "Parse : " + READ, "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), complete("BEGIN"));
        reader.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
        writesElsewhere();
        theNextReadMoves();
    }

    /** The standby has the write when it is asked. */
    @Test
    void itWaitsForItsStandbyAsAnyRead() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMinutes(1)));
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        stage.probes().answer((node, count) -> {
            standbysHaveAll();
            return true;
        });
        on(reader, READ, "SELECT 1");
        assertThat(stage.probes().asked()).contains("await primary");
        end(reader);
    }

    /** Its first read has decided what it sees. */
    @Test
    void oneSnapshotStaysWhereItWasTaken() throws Exception {
        on(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        on(reader, READ, "SELECT 1");
        end(reader);
    }

    /** The text of the opening does not show the isolation. */
    @Test
    void oneSnapshotByDefaultStaysToo() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        client.send(query(READ));
        reader.answer(ISOLATION, inTransaction("repeatable read"));
        answersIn(reader, READ, "SELECT 1");
        on(reader, READ, "SELECT 1");
        end(reader);
    }

    /** The configuration of the primary differs from that of the standby. */
    @Test
    void itDoesNotMoveToOneSnapshot() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        client.send(query(READ));
        reader.answer(ISOLATION, inTransaction("read committed"));
        opensAt(writer, "repeatable read");
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        answersIn(reader, READ, "SELECT 1");
        end(reader);
    }

    @Test
    void itDoesNotMoveWhereItCannotBeOpened() throws Exception {
        on(reader, BEGIN, "BEGIN");
        writesElsewhere();
        client.send(query(READ));
        writer.answer(BEGIN, error("53200", "out of memory"), ready('I'));
        answersIn(reader, READ, "SELECT 1");
        end(reader);
    }

    /** Its text is too large to be kept: nobody knows what it does. */
    @Test
    void aLargeReadIsFreshToo() throws Exception {
        String large = "SELECT v FROM t -- " + "x".repeat(RequestMessages.KEEP_LIMIT);
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        client.send(query(large));
        reader.answer(ISOLATION, inTransaction("read committed"));
        goesOnAt(writer);
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        answersIn(writer, large, "SELECT 1");
    }

    @Test
    void aCallIsFreshToo() throws Exception {
        on(reader, BEGIN, "BEGIN");
        writesElsewhere();
        client.send(query("CALL p()"));
        writer.answer(BEGIN, complete("BEGIN"), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        answersIn(writer, "CALL p()", "CALL");
    }

    /** The part that shows the read comes after a pause. */
    @Test
    void aReadAfterAPauseIsFreshToo() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        client.send(parse("", ""));
        client.send(join(parse("", READ), bindNothing(""), execute(), sync()));
        reader.answer(ISOLATION, inTransaction("read committed"));
        goesOnAt(writer);
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.expect("Parse : ", "Parse : " + READ, "Bind ", "Execute", "Sync");
    }

    /** The client may have waited for long after its Flush: the other standby could not go on with the statement. */
    @Test
    void theRestAfterAFlushWaitsForItsStandby() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMinutes(1)));
        on(reader, BEGIN, "BEGIN");
        client.send(join(parse("", READ), flush()));
        reader.answer(List.of("Parse : " + READ, "Flush"), parseComplete());
        client.expect("ParseComplete");
        writesElsewhere();
        stage.probes().answer((node, count) -> {
            standbysHaveAll();
            return true;
        });
        client.send(join(bindNothing(""), execute(), sync()));
        reader.expect("Bind ", "Execute", "Sync");
        reader.send(bindComplete(), complete("SELECT 0"), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
        assertThat(stage.probes().asked()).contains("await primary");
    }

    /** It cannot move, and need not be stale for that. */
    @Test
    void aTransactionThatStaysWaitsForItsStandby() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMinutes(1)));
        on(reader, BEGIN, "BEGIN");
        on(reader, "SAVEPOINT a", "SAVEPOINT");
        writesElsewhere();
        stage.probes().answer((node, count) -> {
            standbysHaveAll();
            return true;
        });
        on(reader, READ, "SELECT 1");
        assertThat(stage.probes().asked()).contains("await primary");
        end(reader);
    }

    @Test
    void oneSnapshotWaitsForNothing() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMinutes(1)));
        on(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        on(reader, READ, "SELECT 1");
        assertThat(stage.probes().asked()).doesNotContain("await primary");
        end(reader);
    }

    /** The administrator takes the standby out of use: what it still serves it judges by itself. */
    @Test
    void aDrainedStandbyIsEnoughWhereItHasAllWrites() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        writesElsewhere();
        standbysHaveAll();
        stage.drainStandbys();
        on(reader, READ, "SELECT 1");
        end(reader);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SAVEPOINT a",
                "SET LOCAL work_mem = '1MB'",
                "SELECT now()",
                "SELECT f(1)",
                "/* pgrouter: reader */ SAVEPOINT a"
            })
    void whatLeavesSomethingKeepsItOnItsStandby(String sql) throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, sql, "SELECT 1");
        writesElsewhere();
        on(reader, READ, "SELECT 1");
        end(reader);
    }

    @Test
    void aPortalKeepsItOnItsStandby() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(join(parse("", READ), bindPortal("p", ""), execute("p"), sync()));
        reader.expect("Parse : " + READ, "Bind p", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
        writesElsewhere();
        on(reader, READ, "SELECT 1");
    }

    @Test
    void aPortalThatHasMoreRowsKeepsItOnItsStandby() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(join(parse("", READ), bindNothing(""), execute(1), sync()));
        reader.expect("Parse : " + READ, "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), portalSuspended(), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
        writesElsewhere();
        client.send(join(execute(1), sync()));
        reader.expect("Execute", "Sync");
        reader.send(dataRow("2"), complete("SELECT 1"), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
    }

    @Test
    void aStandbyThatIsLostBetweenTwoReadsIsNotMissed() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        reader.close();
        client.send(query(READ));
        goesOnAt(writer);
        answersIn(writer, READ, "SELECT 1");
        end(writer);
    }

    @Test
    void anotherStandbyRunsTheReadWithWhichTheFirstWasLost() throws Exception {
        on(reader, BEGIN, "BEGIN");
        on(reader, READ, "SELECT 1");
        client.send(query(READ));
        reader.answer(READ);
        reader.close();
        Connection another = anotherHasAll();
        goesOnAt(another);
        answersIn(another, READ, "SELECT 1");
        end(another);
    }

    @Test
    void thePrimaryNeverRunsAReadThatHasEndedStandbys() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(query(READ));
        reader.answer(READ);
        reader.close();
        Connection another = anotherHasAll();
        another.answer(BEGIN, complete("BEGIN"), ready('T'));
        another.answer(READ);
        another.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    /** The client has the error already. */
    @Test
    void aReadThatHasFailedIsNotRunAgain() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(query(READ));
        reader.answer(READ, error("22012", "division by zero"));
        reader.close();
        client.expect("ERROR 22012 division by zero");
        assertThat(client.reply()).endsWith("Ready E");
    }

    @Test
    void aFailedTransactionIsLostWithItsStandby() throws Exception {
        on(reader, BEGIN, "BEGIN");
        client.send(query(READ));
        reader.answer(READ, error("42P01", "no t"), ready('E'));
        client.expect("ERROR 42P01 no t", "Ready E");
        reader.close();
        client.send(query(READ));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    private void theNextReadMoves() throws Exception {
        client.send(query(READ));
        reader.answer(ISOLATION, inTransaction("read committed"));
        goesOnAt(writer);
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        answersIn(writer, READ, "SELECT 1");
    }

    private void writesElsewhere() throws Exception {
        other.send(query("UPDATE t SET v = 2"));
        othersWriter.answer("UPDATE t SET v = 2", complete("UPDATE 1"), ready('I'));
        other.expect("Complete UPDATE 1", "Ready I");
    }

    /** Health asks all nodes now, and the standbys have replayed all that the primary has. */
    private void standbysHaveAll() {
        position++;
        stage.publish(new Lsn(position), new Lsn(position));
    }

    /** The standby that is left is found out to have what the first one had when it was lost. */
    private Connection anotherHasAll() throws Exception {
        standbysHaveAll();
        return stage.reader();
    }

    /** The server opens the transaction, whose statements each see their own moment. */
    private static void goesOnAt(Connection server) throws Exception {
        opensAt(server, "read committed");
    }

    private static void opensAt(Connection server, String isolation) throws Exception {
        server.answer(BEGIN, complete("BEGIN"), ready('T'));
        server.answer(ISOLATION, inTransaction(isolation));
    }

    private static byte[] inTransaction(String value) {
        byte[] answer = row(value);
        answer[answer.length - 1] = 'T';
        return answer;
    }

    private void on(Connection backend, String sql, String tag) throws Exception {
        client.send(query(sql));
        answersIn(backend, sql, tag);
    }

    private void answersIn(Connection backend, String sql, String tag) throws Exception {
        backend.answer(sql, complete(tag), ready('T'));
        client.expect("Complete " + tag, "Ready T");
    }

    private void end(Connection backend) throws Exception {
        client.send(query("COMMIT"));
        backend.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
    }
}

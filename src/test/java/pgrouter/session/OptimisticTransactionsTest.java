package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.config.Transactions;
import pgrouter.exchange.Relay;
import pgrouter.testing.Await;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** A transaction without an access mode runs on a standby until it writes; what it has read is then proved on the primary. */
final class OptimisticTransactionsTest extends OnOneStandby {
    private static final String READ = "SELECT v FROM t";
    private static final String INSERT = "INSERT INTO t VALUES (1)";
    private static final String ISOLATION = "SELECT pg_catalog.current_setting('transaction_isolation')";
    private static final Lsn AFTER = new Lsn(2000);

    OptimisticTransactionsTest() {
        super(Stage.with(1).transactions(Transactions.OPTIMISTIC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                "START TRANSACTION",
                "BEGIN ISOLATION LEVEL READ COMMITTED",
                "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            })
    void aTransactionThatOnlyReadsRunsOnTheStandby(String begin) throws Exception {
        on(reader, begin, "BEGIN", 'T');
        reads(reader, "1");
        on(reader, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "END", "ROLLBACK", "ABORT"})
    void anyEndOfItIsTheStandbys(String end) throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        reads(reader, "1");
        on(reader, end, end, 'I');
        on(reader, READ, "SELECT 0", 'I');
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN READ WRITE",
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE",
                "BEGIN; INSERT INTO t VALUES (1)",
                "BEGIN; SELECT now()",
                "BEGIN; SELECT v FROM t FOR UPDATE"
            })
    void whatAStandbyCannotOpenIsThePrimarys(String begin) throws Exception {
        on(writer, begin, "BEGIN", 'T');
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void aTransactionInOneTextThatOnlyReadsIsTheStandbys() throws Exception {
        String whole = "BEGIN; " + READ + "; COMMIT";
        on(reader, whole, "COMMIT", 'I');
        on(reader, "BEGIN; " + READ, "SELECT 0", 'T');
        on(reader, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void aWriteRunsOnThePrimaryAfterAllThatWasReadBefore() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        reads(reader, "1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "1"));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
        reads(writer, "2");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE t SET v = 2",
                "SELECT v FROM t FOR UPDATE",
                "SELECT now()",
                "SELECT random()",
                "LOCK TABLE t",
                "CREATE TEMP TABLE x(a int)",
                "SET x.a = 1",
                "SET LOCAL TimeZone = 'UTC'",
                "SET LOCAL statement_timeout = '1s'",
                "SHOW work_mem",
                "EXPLAIN SELECT 1",
                "PREPARE p AS SELECT 1",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                "SELECT pg_advisory_lock(1)",
                "LISTEN c",
                "/* pgrouter: writer */ SELECT 1"
            })
    void whatAStandbyCannotDoEquallyMoves(String sql) throws Exception {
        opensAndReads();
        client.send(query(sql));
        movesAfter("BEGIN", READ);
        writer.answer(sql, complete("DONE"), ready('T'));
        client.expect("Complete DONE", "Ready T");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SAVEPOINT a",
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "VALUES (1)",
                "WITH a AS (SELECT 1) SELECT * FROM a",
                "TABLE t",
                "COPY t TO STDOUT",
                "SELECT current_setting('x.a', true)",
                ""
            })
    void whatAStandbyDoesEquallyStays(String sql) throws Exception {
        opensAndReads();
        on(reader, sql, "DONE", 'T');
        on(reader, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void aSettingOfTheTransactionMovesWithIt() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, "SET LOCAL x.a = 1", "SET", 'T');
        reads(reader, "1");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query SET LOCAL x.a = 1", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'), complete("SET"), ready('T'));
        writer.send(rows('T', "1"));
        inserts();
        on(writer, "COMMIT", "COMMIT", 'I');
        writer.answerQuestion("setting x.a", answer("setting", "x.a", ""));
        leaveWithoutMore();
    }

    /** It leaves the name of the parameter, as on the primary. */
    @Test
    void aSettingOfATransactionThatOnlyReadsEndsWithIt() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, "SET LOCAL x.a = 1", "SET", 'T');
        reads(reader, "1");
        on(reader, "COMMIT", "COMMIT", 'I');
        reader.answerQuestion("setting x.a", answer("setting", "x.a", ""));
        on(reader, READ, "SELECT 0", 'I');
        leaveWithoutMore();
    }

    @Test
    void aTransactionThatHasDoneNothingMovesToo() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(query(INSERT));
        standbyIsLeft();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        inserts();
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void rowsThatHaveChangedAreASerializationFailure() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "changed"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        expectConflict();
        on(reader, READ, "SELECT 0", 'I');
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO t VALUES (1)", "SELECT v FROM t", "COMMIT"})
    void afterThatNothingRunsUntilTheClientEndsItsTransaction(String next) throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "changed"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
        client.send(query(next));
        failedTransactionBegins();
        writer.answer(next, error("25P02", "current transaction is aborted"), ready('E'));
        client.expect("ERROR 25P02 current transaction is aborted", "Ready E");
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
    }

    @Test
    void whereTheTextOrdersThemTheirOrderCounts() throws Exception {
        String ordered = "SELECT v FROM t ORDER BY v";
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(query(ordered));
        reader.answer(ordered, rows('T', "1", "2"));
        client.reply();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + ordered);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "2", "1"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        expectConflict();
    }

    /** The primary has no transaction for which the next text could fail, and must not run it by itself. */
    @Test
    void nothingRunsAfterAnOpeningThatWasInterrupted() throws Exception {
        String opening = "BEGIN; " + READ;
        client.send(query(opening));
        reader.answer(opening, complete("BEGIN"), error("57014", "timeout"), ready('E'));
        client.expect("Complete BEGIN", "ERROR 57014 timeout", "Ready E");
        client.send(query("BEGIN; " + INSERT));
        standbyIsLeft();
        expectConflict();
    }

    @Test
    void theTransactionAfterAConflictBeginsOnThePrimary() throws Exception {
        opensAndReads();
        conflicts();
        client.send(query("ROLLBACK"));
        failedTransactionBegins();
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        on(writer, "BEGIN", "BEGIN", 'T');
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    /** They write after the same read: the third is on the primary before it reads. */
    @Test
    void transactionsThatUsuallyWriteBeginOnThePrimary() throws Exception {
        for (int i = 0; i < 2; i++) {
            opensAndReads();
            client.send(query("SELECT now()"));
            movesAfter("BEGIN", READ);
            writer.answer("SELECT now()", rows('T', "today"));
            client.reply();
            on(writer, "COMMIT", "COMMIT", 'I');
        }
        on(writer, "BEGIN", "BEGIN", 'T');
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void aTransactionMovesBeforeTheReadAfterWhichOthersWrote() throws Exception {
        String other = "SELECT other FROM t";
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, other, "SELECT 0", 'T');
        on(reader, "COMMIT", "COMMIT", 'I');
        for (int i = 0; i < 2; i++) {
            opensAndReads();
            client.send(query("SELECT now()"));
            movesAfter("BEGIN", READ);
            writer.answer("SELECT now()", rows('T', "today"));
            client.reply();
            on(writer, "COMMIT", "COMMIT", 'I');
        }
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(query(READ));
        standbyIsLeft();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(READ, rows('T', "1"));
        assertThat(client.reply()).contains("Row 1", "Ready T");
        on(writer, "COMMIT", "COMMIT", 'I');
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, other, "SELECT 0", 'T');
    }

    @Test
    void rowsInAnotherOrderAreTheSame() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        reads(reader, "1", "2");
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "2", "1"));
        inserts();
    }

    @Test
    void anErrorInsteadOfRowsIsADifference() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'), error("42P01", "dropped meanwhile"), ready('E'));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        expectConflict();
    }

    @Test
    void theClientSeesNothingOfWhatRunsAgain() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(notice("again"), complete("BEGIN"), ready('T'), notice("and again"));
        writer.send(rows('T', "1"));
        writer.answer(INSERT, notice("of the insert"), complete("INSERT 0 1"), ready('T'));
        client.expect("NOTICE 00000 of the insert", "Complete INSERT 0 1", "Ready T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"25006", "0A000", "55000", "42P01"})
    void aRefusalInTheMiddleMoves(String sqlState) throws Exception {
        String sql = "SELECT * FROM v";
        opensAndReads();
        client.send(query(sql));
        reader.answer(sql, error(sqlState, "not here"), ready('E'));
        movesAfter("BEGIN", READ);
        writer.answer(sql, rows('T', "7"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 7", "Complete SELECT 1", "Ready T");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void anErrorThatEachNodeWouldGiveStaysUntilTheEnd() throws Exception {
        opensAndReads();
        fails(reader, "SELECT 1/0", "22012");
        fails(reader, READ, "25P02");
        fails(reader, INSERT, "25P02");
        on(reader, "ROLLBACK", "ROLLBACK", 'I');
        leaveWithoutMore();
    }

    @Test
    void savepointsRunAgainWithTheErrorBetween() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, "SAVEPOINT a", "SAVEPOINT", 'T');
        fails(reader, "SELECT 1/0", "22012");
        fails(reader, "SELECT 2", "25P02");
        on(reader, "ROLLBACK TO a", "ROLLBACK", 'T');
        reads(reader, "1");
        on(reader, "RELEASE a", "RELEASE", 'T');
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query SAVEPOINT a", "Query SELECT 1/0", "Query ROLLBACK TO a");
        writer.expect("Query " + READ, "Query RELEASE a");
        writer.send(complete("BEGIN"), ready('T'), complete("SAVEPOINT"), ready('T'));
        writer.send(error("22012", "said otherwise"), ready('E'), complete("ROLLBACK"), ready('T'));
        writer.send(rows('T', "1"));
        writer.send(complete("RELEASE"), ready('T'));
        inserts();
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void aStandbyLostBetweenRequestsIsNotSeen() throws Exception {
        opensAndReads();
        reader.close();
        client.send(query("SELECT 2"));
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "1"));
        writer.answer("SELECT 2", rows('T', "2"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 2", "Complete SELECT 1", "Ready T");
        on(writer, "COMMIT", "COMMIT", 'I');
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P01", "40001", "57P03"})
    void aStandbyThatSaysGoodbyeInARequestIsNotSeen(String sqlState) throws Exception {
        opensAndReads();
        client.send(query("SELECT 2"));
        reader.answer("SELECT 2", fatal(sqlState, "going away"));
        reader.close();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "1"));
        writer.answer("SELECT 2", rows('T', "2"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 2", "Complete SELECT 1", "Ready T");
    }

    @Test
    void aReadThatMayHaveCrashedItsStandbyIsNoOthers() throws Exception {
        opensAndReads();
        client.send(query("SELECT 2"));
        reader.answer("SELECT 2");
        reader.close();
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        client.expect("Ready E");
        client.send(query("ROLLBACK"));
        failedTransactionBegins();
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    @Test
    void aStandbyLostAfterALargePartOfItsAnswerIsOneError() throws Exception {
        String large = "x".repeat(2 * Relay.HOLD_LIMIT);
        opensAndReads();
        client.send(query("SELECT 2"));
        reader.answer("SELECT 2", rowDescription("c"), dataRow(large));
        client.expect("RowDescription", "Row " + large);
        reader.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "ROLLBACK"})
    void aStandbyLostAtTheEndIsNotSeen(String end) throws Exception {
        opensAndReads();
        client.send(query(end));
        reader.expect("Query " + end);
        reader.close();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(end, complete(end), ready('I'));
        client.expect("Complete " + end, "Ready I");
    }

    @Test
    void aStandbyLostAtTheBeginIsNotSeen() throws Exception {
        stage.standby().refuseLogins(fatal("57P03", "shutting down"));
        client.send(query("BEGIN"));
        reader.expect("Query BEGIN");
        reader.close();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void aPrimaryLostInTheMiddleOfWhatRunsAgainGetsNothingTwice() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
        client.send(query("ROLLBACK"));
        reader.answer("BEGIN", complete("BEGIN"), ready('T'));
        reader.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        on(reader, READ, "SELECT 0", 'I');
        client.send(query(INSERT));
        writer = stage.writer();
        writer.answer(INSERT, complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    @Test
    void aPrimaryLostAtTheWriteItselfGetsItOnceOnly() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        movesAfter("BEGIN", READ);
        writer.expect("Query " + INSERT);
        writer.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    @ParameterizedTest
    @ValueSource(strings = {"57014", "55P03", "40P01", "53200", "58030"})
    void anInterruptionOfWhatRunsAgainIsTheClientsError(String sqlState) throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'), error(sqlState, "interrupted"), ready('E'));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("ERROR " + sqlState + " interrupted", "Ready E");
        client.send(query("ROLLBACK"));
        failedTransactionBegins();
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    /** The standby has answered a timeout: the primary would not, and need not. */
    @Test
    void anInterruptionOnTheStandbyIsNotProved() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, "SAVEPOINT a", "SAVEPOINT", 'T');
        fails(reader, READ, "57014");
        on(reader, "ROLLBACK TO a", "ROLLBACK", 'T');
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query SAVEPOINT a", "Query ROLLBACK TO a");
        writer.send(complete("BEGIN"), ready('T'), complete("SAVEPOINT"), ready('T'), complete("ROLLBACK"), ready('T'));
        inserts();
    }

    @Test
    void aTransactionOfReadCommittedReadsOnThoughRowsDiffer() throws Exception {
        opensAndReads();
        movesUnproved("SELECT now()", "read committed");
        writer.answer("SELECT now()", rows('T', "today"));
        client.reply();
        reads(writer, "2");
        on(writer, "COMMIT", "COMMIT", 'I');
        leaveWithoutMore();
    }

    @Test
    void theFirstWriteOfSuchATransactionIsASerializationFailure() throws Exception {
        opensAndReads();
        movesUnproved("SELECT now()", "read committed");
        writer.answer("SELECT now()", rows('T', "today"));
        client.reply();
        reads(writer, "2");
        client.send(query(INSERT));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        expectConflict();
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "COMMIT; BEGIN", "ROLLBACK; BEGIN"})
    void theNextTransactionOfTheSameRequestMayWrite(String end) throws Exception {
        opensAndReads();
        movesUnproved("SELECT now()", "read committed");
        writer.answer("SELECT now()", rows('T', "today"));
        client.reply();
        on(writer, end, "DONE", 'T');
        client.send(query(INSERT));
        inserts();
    }

    @Test
    void aTransactionOfOneSnapshotCannotReadOnWhereRowsDiffer() throws Exception {
        opensAndReads();
        movesUnproved("SELECT now()", "repeatable read");
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        expectConflict();
    }

    /** The primary takes a new snapshot, which must show the same. */
    @Test
    void aTransactionOfOneSnapshotMovesWhereNoStandbyIsLeft() throws Exception {
        on(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN", 'T');
        reads(reader, "1");
        stage.publishPrimaryOnly(AFTER);
        client.send(query(READ));
        movesAfter("BEGIN ISOLATION LEVEL REPEATABLE READ", READ);
        writer.answer(READ, rows('T', "1"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
    }

    @Test
    void itsOwnWritesOfBeforeMakeATransactionThePrimarys() throws Exception {
        on(writer, INSERT, "INSERT 0 1", 'I');
        stage.publish(AFTER, new Lsn(1000));
        on(reader, "BEGIN", "BEGIN", 'T');
        client.send(query(READ));
        standbyIsLeft();
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(READ, rows('T', "1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
    }

    @Test
    void whatFollowsTheEndInOneTextIsThePrimarys() throws Exception {
        opensAndReads();
        String sql = "COMMIT; " + INSERT;
        client.send(query(sql));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(sql, complete("COMMIT"), complete("INSERT 0 1"), ready('I'));
        client.expect("Complete COMMIT", "Complete INSERT 0 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void aChainedTransactionIsThePrimarys() throws Exception {
        opensAndReads();
        client.send(query("COMMIT AND CHAIN"));
        movesAfter("BEGIN", READ);
        writer.answer("COMMIT AND CHAIN", complete("COMMIT"), ready('T'));
        client.expect("Complete COMMIT", "Ready T");
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void requestsThatTheClientDoesNotWaitForMoveInTheirOrder() throws Exception {
        client.send(join(query("BEGIN"), query(READ), query(INSERT), query("COMMIT")));
        reader.answer("BEGIN", complete("BEGIN"), ready('T'));
        reader.answer(READ, rows('T', "1"));
        movesAfter("BEGIN", READ);
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete BEGIN", "Ready T", "RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
        client.expect("Complete INSERT 0 1", "Ready T", "Complete COMMIT", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void aTransactionTooLongToBeKeptGoesOnOnThePrimary() throws Exception {
        String large = "SELECT '" + "x".repeat(Transcript.MOST_BYTES / 3) + "'";
        on(reader, "BEGIN", "BEGIN", 'T');
        on(reader, large, "SELECT 0", 'T');
        client.send(query(large));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + large);
        writer.send(complete("BEGIN"), ready('T'), complete("SELECT 0"), ready('T'));
        writer.answer(large, complete("SELECT 0"), ready('T'));
        client.expect("Complete SELECT 0", "Ready T");
    }

    @Test
    void itsLastRouteIsTheStandby() throws Exception {
        opensAndReads();
        client.send(query("SHOW pgrouter.last_route"));
        assertThat(reader.read().fromClient()).contains("pgrouter.last_route").contains("reader ");
        reader.send(rows('T', ""));
        reader.answer("SHOW pgrouter.last_route", rows('T', "x"));
        client.reply();
        on(reader, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void reportsOfTheRerunDoNotReachTheClient() throws Exception {
        opensAndReads();
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "1"));
        writer.answer(INSERT, complete("INSERT 0 1"), parameter("application_name", "x"), ready('T'));
        client.expect("Complete INSERT 0 1", "Parameter application_name=x", "Ready T");
    }

    @Test
    void aClientThatLeavesInTheMiddleLeavesNothingBehind() throws Exception {
        opensAndReads();
        client.send(Frontend.terminate());
        client.expectEnd();
        reader.expectTerminate();
        writer.expectTerminate();
    }

    @Test
    void aClientThatIsGoneInTheMiddleLeavesNothingBehind() throws Exception {
        opensAndReads();
        client.reset();
        reader.expectTerminate();
        writer.expectTerminate();
    }

    /** The client has sent a whole transaction and left: all of it runs, as it would on PostgreSQL. */
    @Test
    void whatAClientHasSentBeforeItLeftRuns() throws Exception {
        client.send(join(query("BEGIN"), query(READ), query(INSERT), query("COMMIT")));
        reader.expect("Query BEGIN");
        client.finish();
        Await.until("pgrouter has found out", () -> {
            stage.openServers().look();
            return stage.sessions().leaving() == 1;
        });
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer(READ, rows('T', "1"));
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
    }

    @Test
    void aSessionMayTurnItOff() throws Exception {
        client.send(query("SET pgrouter.transactions = primary"));
        writer.answer("SET pgrouter.transactions = primary", complete("SET"), ready('I'));
        writer.answerQuestion(
                "setting pgrouter.transactions", answer("setting", "pgrouter.transactions", "primary", null));
        client.expect("Complete SET", "Ready I");
        on(writer, "BEGIN", "BEGIN", 'T');
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
    }

    @Test
    void otherwiseATransactionBeginsOnThePrimary() throws Exception {
        stage.transactions(Transactions.PRIMARY);
        client = stage.client();
        writer = stage.writer();
        on(writer, "BEGIN", "BEGIN", 'T');
        reads(writer, "1");
        on(writer, "COMMIT", "COMMIT", 'I');
    }

    private void opensAndReads() throws Exception {
        on(reader, "BEGIN", "BEGIN", 'T');
        reads(reader, "1");
    }

    private void reads(Connection backend, String... values) throws Exception {
        client.send(query(READ));
        backend.answer(READ, rows('T', values));
        List<String> expected = new ArrayList<>(List.of("RowDescription"));
        List.of(values).forEach(value -> expected.add("Row " + value));
        expected.addAll(List.of("Complete SELECT " + values.length, "Ready T"));
        assertThat(client.reply()).containsExactlyElementsOf(expected);
    }

    private void fails(Connection backend, String sql, String sqlState) throws Exception {
        client.send(query(sql));
        backend.answer(sql, error(sqlState, "no"), ready('E'));
        client.expect("ERROR " + sqlState + " no", "Ready E");
    }

    private static byte[] rows(char status, String... values) {
        List<byte[]> reply = new ArrayList<>(List.of(rowDescription("c")));
        for (String value : values) {
            reply.add(dataRow(value));
        }
        reply.add(complete("SELECT " + values.length));
        reply.add(ready(status));
        return join(reply.toArray(byte[][]::new));
    }

    /** The standby's transaction is over before the primary's begins. */
    private void standbyIsLeft() throws Exception {
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
    }

    /** The primary answers what the standby has answered. */
    private void movesAfter(String begin, String read) throws Exception {
        standbyIsLeft();
        writer.expect("Query " + begin, "Query " + read);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "1"));
    }

    private void inserts() throws Exception {
        writer.answer(INSERT, complete("INSERT 0 1"), ready('T'));
        client.expect("Complete INSERT 0 1", "Ready T");
    }

    /** A request that only reads moves, and the primary has other rows; pgrouter asks for the isolation level. */
    private void movesUnproved(String sql, String isolation) throws Exception {
        client.send(query(sql));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "changed"));
        writer.answer(ISOLATION, rows('T', isolation));
    }

    private void conflicts() throws Exception {
        client.send(query(INSERT));
        standbyIsLeft();
        writer.expect("Query BEGIN", "Query " + READ);
        writer.send(complete("BEGIN"), ready('T'));
        writer.send(rows('T', "changed"));
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 could not serialize access: ");
        client.expect("Ready E");
    }

    /** The client gets a failed transaction, which it rolls back. */
    private void expectConflict() throws Exception {
        assertThat(client.read()).startsWith("ERROR 40001 could not serialize access: ");
        client.expect("Ready E");
        client.send(query("ROLLBACK"));
        failedTransactionBegins();
        writer.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
    }

    private void failedTransactionBegins() throws Exception {
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        writer.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
    }

    private void leaveWithoutMore() throws Exception {
        client.send(Frontend.terminate());
        client.expectEnd();
        writer.expectTerminate();
        reader.expectTerminate();
    }
}

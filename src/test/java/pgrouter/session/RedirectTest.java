package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.exchange.Relay;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** A simple query that a standby refuses reaches the writer once, and the client sees only the writer's answer. */
final class RedirectTest {
    private static final String SQL = "SELECT f(1)";

    @RegisterExtension
    private final Stage stage = Stage.with(2);

    private FakeClient client;
    private Connection writer;
    private Connection reader;

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
    }

    @Test
    void readIsAnsweredByTheStandbyAlone() throws Exception {
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "25006", "0A000", "55000", "XX000", "58P01", "40001", "57P04", "42P01", "42883", "3F000", "26000",
                "34000"
            })
    void refusedRequestReachesTheWriterOnceAndOnlyItsAnswerTheClient(String sqlState) throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error(sqlState, "not here"), ready('I'));
        writer.answer(SQL, row("2"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22012", "23505", "57014", "53200", "P0001", "55P03"})
    void anyOtherErrorIsTheAnswer(String sqlState) throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error(sqlState, "no"), ready('I'));
        assertThat(client.reply()).containsExactly("ERROR " + sqlState + " no", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void theWritersErrorIsTheClients() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("42P01", "said by the standby"), ready('I'));
        writer.answer(SQL, error("42P01", "said by the primary"), ready('I'));
        assertThat(client.reply()).containsExactly("ERROR 42P01 said by the primary", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void refusalAfterRowsIsStillARefusal() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow("1"));
        reader.send(complete("SELECT 1"), error("25006", "read-only"), ready('I'));
        writer.answer(SQL, row("2"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void messageLargerThanTheHoldLimitIsPassedOnWhileItArrives() throws Exception {
        String large = "x".repeat(3 * Relay.HOLD_LIMIT);
        client.send(query(SQL));
        reader.answer(SQL, row(large));
        client.expect("RowDescription", "Row " + large, "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void noticeBeforeARefusalDoesNotReachTheClient() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, notice("from the standby"), error("25006", "read-only"), ready('I'));
        writer.answer(SQL, notice("from the primary"), row("2"));
        assertThat(client.reply())
                .containsExactly(
                        "NOTICE 00000 from the primary", "RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void noticeOfAnAnsweringReaderReachesTheClient() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, notice("hello"), row("1"));
        client.expect("NOTICE 00000 hello", "RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void parameterStatusOfAReaderDoesNotReachTheClient() throws Exception {
        reader.send(parameter("in_hot_standby", "off"));
        client.send(query(SQL));
        reader.answer(SQL, parameter("in_hot_standby", "on"), row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void failedTransactionThatARefusalLeavesIsRolledBackOnTheReader() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('E'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        leaveWithoutMore();
    }

    @Test
    void noticeDuringTheRollbackDoesNotReachTheClient() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('E'));
        reader.answer("ROLLBACK", notice("rolled back"), complete("ROLLBACK"), ready('I'));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void readerThatEndsDuringTheRollbackIsReplaced() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('E'));
        reader.expect("Query ROLLBACK");
        reader.close();
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void readerLostBeforeAReplyIsReplacedByTheOther() throws Exception {
        client.send(query(SQL));
        reader.expect("Query " + SQL);
        reader.close();
        Connection other = stage.reader();
        assertThat(other.server()).isNotSameAs(reader.server());
        other.answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void readerLostInTheMiddleOfAHeldReplyIsReplaced() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow("1"));
        reader.close();
        stage.reader().answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whereBothReadersGoAwayTheWriterAnswers() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, fatal("57P01", "going away"));
        reader.close();
        Connection other = stage.reader();
        other.answer(SQL, fatal("57P01", "going away"));
        other.close();
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P01", "57P02", "57P03", "40001", "57P04"})
    void readerThatSaysGoodbyeIsReplaced(String sqlState) throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, fatal(sqlState, "going away"));
        reader.close();
        stage.reader().answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void readerThatSaidGoodbyeWhileIdleIsReplaced() throws Exception {
        reader.send(fatal("57P01", "terminating connection due to administrator command"));
        reader.close();
        client.send(query(SQL));
        stage.reader().answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void readerLostBehindReleasedRowsIsOneError() throws Exception {
        String large = "x".repeat(2 * Relay.HOLD_LIMIT);
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow(large));
        client.expect("RowDescription", "Row " + large);
        reader.close();
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready I");
    }

    @Test
    void goodbyeOfAReaderBehindReleasedRowsIsOneErrorAndNoMore() throws Exception {
        String large = "x".repeat(2 * Relay.HOLD_LIMIT);
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow(large), fatal("57P01", "going away"));
        reader.close();
        client.expect("RowDescription", "Row " + large);
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready I");
    }

    @Test
    void malformedReplyOfAReaderIsNotTheClients() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, new byte[] {'T', 0, 0, 0, 3});
        stage.reader().answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void requestIsNeverSentAgainToTheWriter() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('I'));
        writer.expect("Query " + SQL);
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ").contains("whether the request was run is not known");
        client.expect("Ready I");
    }

    private void leaveWithoutMore() throws Exception {
        client.send(Frontend.terminate());
        client.expectEnd();
        writer.expectTerminate();
        reader.expectTerminate();
    }
}

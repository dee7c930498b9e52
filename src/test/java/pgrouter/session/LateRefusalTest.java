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
import static pgrouter.testing.Server.copyData;
import static pgrouter.testing.Server.copyOut;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.exchange.Relay;

/** A standby refuses when the client has a part of its answer: the client is told to try again, and then the primary answers. */
final class LateRefusalTest extends OnOneStandby {
    private static final String SQL = "SELECT f(g) FROM generate_series(1, 6000) g";
    private static final String LARGE = "x".repeat(Relay.HOLD_LIMIT / 2);

    @ParameterizedTest
    @ValueSource(strings = {"25006", "0A000", "55000", "XX000", "58P01"})
    void anAnswerThatHasOutgrownWhatIsHeldIsToBeAskedForAgain(String sqlState) throws Exception {
        client.send(query(SQL));
        beginLargeAnswer();
        reader.send(error(sqlState, "not here"), ready('I'));
        expectTryAgain();
        client.expect("Ready I");
        theSecondTryIsThePrimarys();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22012", "40001", "57P04", "42P01", "57014"})
    void anyOtherLateErrorIsTheStandbysOwn(String sqlState) throws Exception {
        client.send(query(SQL));
        beginLargeAnswer();
        reader.send(error(sqlState, "said by the standby"), ready('I'));
        client.expect("ERROR " + sqlState + " said by the standby", "Ready I");
    }

    @Test
    void aRefusalThatComesInPiecesIsNotSeen() throws Exception {
        client.send(query(SQL));
        beginLargeAnswer();
        byte[] refusal = error("25006", "x".repeat(2000));
        reader.send(Arrays.copyOf(refusal, 700));
        reader.send(Arrays.copyOfRange(refusal, 700, refusal.length), ready('I'));
        expectTryAgain();
        client.expect("Ready I");
        theSecondTryIsThePrimarys();
    }

    @Test
    void rowsThatWereFlushedMakeItLateToo() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1");
        client.send(bind(""), execute(), sync());
        reader.expect("Bind ", "Execute", "Sync");
        reader.send(bindComplete(), error("25006", "late"), ready('I'));
        client.expect("BindComplete");
        expectTryAgain();
        client.expect("Ready I");
        client.send(parse("", SQL), bind(""), execute(), flush());
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
    }

    @Test
    void whatFollowsALateRefusalInItsPipelineIsPassedOver() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), dataRow(LARGE), dataRow(LARGE));
        client.expect("ParseComplete", "BindComplete", "Row " + LARGE, "Row " + LARGE);
        reader.send(error("25006", "late"));
        expectTryAgain();
        client.send(parse("", "SELECT 2"), bind(""), execute(), sync());
        reader.answer(List.of("Parse : SELECT 2", "Bind ", "Execute", "Sync"), ready('I'));
        client.expect("Ready I");
        theSecondTryIsThePrimarys();
    }

    @Test
    void copiedRowsMakeItLateToo() throws Exception {
        String copy = "COPY (" + SQL + ") TO STDOUT";
        client.send(query(copy));
        reader.answer(copy, copyOut(), copyData(LARGE), copyData(LARGE));
        client.expect("CopyOut", "CopyData " + LARGE, "CopyData " + LARGE);
        reader.send(error("25006", "late"), ready('I'));
        expectTryAgain();
        client.expect("Ready I");
        client.send(query(copy));
        writer.expect("Query " + copy);
    }

    @Test
    void whoHasWishedToReadOnlyIsToldInTheServersWords() throws Exception {
        String both = "BEGIN READ ONLY; " + SQL;
        client.send(query(both));
        reader.answer(both, complete("BEGIN"), rowDescription("c"), dataRow(LARGE), dataRow(LARGE));
        client.expect("Complete BEGIN", "RowDescription", "Row " + LARGE, "Row " + LARGE);
        reader.send(error("25006", "read-only"), ready('E'));
        client.expect("ERROR 25006 read-only", "Ready E");
    }

    @Test
    void theSameWithinAReadOnlyTransaction() throws Exception {
        client.send(query("BEGIN READ ONLY"));
        reader.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(query(SQL));
        beginLargeAnswer();
        reader.send(error("25006", "read-only"), ready('E'));
        client.expect("ERROR 25006 read-only", "Ready E");
    }

    private void beginLargeAnswer() throws IOException {
        reader.answer(SQL, rowDescription("c"), dataRow(LARGE), dataRow(LARGE));
        client.expect("RowDescription", "Row " + LARGE, "Row " + LARGE);
    }

    private void expectTryAgain() throws IOException {
        assertThat(client.read()).startsWith("ERROR 40001 ").contains("try again");
    }

    private void theSecondTryIsThePrimarys() throws IOException {
        client.send(query(SQL));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }
}

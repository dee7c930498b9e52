package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A redirect whose connections end at any boundary of a message: the writer has the request once, and the client one answer. */
final class KilledConnectionsTest extends OnOneStandby {
    private static final String SQL = "SELECT f(1)";

    private static final List<byte[]> REFUSAL = List.of(
            rowDescription("f"), notice("about to write"), dataRow("1"), error("25006", "read-only"), ready('I'));

    private static final List<byte[]> ANSWER =
            List.of(rowDescription("f"), notice("about to write"), dataRow("1"), complete("SELECT 1"));

    /** Behind the last of them the refusal is there. */
    static IntStream boundariesBeforeTheRefusal() {
        return IntStream.range(0, REFUSAL.size() - 1);
    }

    static IntStream boundariesOfTheAnswer() {
        return IntStream.rangeClosed(0, ANSWER.size());
    }

    @ParameterizedTest
    @MethodSource("boundariesBeforeTheRefusal")
    void aReaderThatEndsBeforeItsRefusalLeavesNothingToTheWriter(int sent) throws Exception {
        client.send(query(SQL));
        reader.expect("Query " + SQL);
        for (byte[] message : REFUSAL.subList(0, sent)) {
            reader.send(message);
        }
        reader.close();
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        client.expect("Ready I");
        nothingMoreComesToTheWriter();
    }

    @Test
    void aReaderThatEndsBehindItsRefusalLeavesTheRequestToTheWriter() throws Exception {
        client.send(query(SQL));
        reader.expect("Query " + SQL);
        reader.send(REFUSAL.subList(0, REFUSAL.size() - 1).toArray(byte[][]::new));
        reader.close();
        writer.answer(SQL, row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        nothingMoreComesToTheWriter();
    }

    @ParameterizedTest
    @MethodSource("boundariesOfTheAnswer")
    void aWriterThatEndsInItsAnswerToARedirectIsNotAskedAgain(int sent) throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('I'));
        writer.expect("Query " + SQL);
        for (byte[] message : ANSWER.subList(0, sent)) {
            writer.send(message);
        }
        writer.close();
        String last = "";
        while (!last.startsWith("ERROR")) {
            last = client.read();
        }
        assertThat(last).startsWith("ERROR 08007 ");
        client.expect("Ready I");
        client.send(query("INSERT INTO t VALUES (1)"));
        stage.writer().answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
    }

    @ParameterizedTest
    @MethodSource("boundariesOfTheAnswer")
    void aClientThatLeavesDuringARedirectHasItsRequestRunOnce(int read) throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('I'));
        writer.expect("Query " + SQL);
        for (byte[] message : ANSWER.subList(0, read)) {
            writer.send(message);
        }
        for (int i = 0; i < read; i++) {
            client.read();
        }
        client.close();
        try {
            for (byte[] message : ANSWER.subList(read, ANSWER.size())) {
                writer.send(message);
            }
            writer.send(ready('I'));
            assertThat(writer.read().fromClient()).isEqualTo("Terminate");
        } catch (IOException ended) {
            // Where pgrouter has found out before, it ends the connection without a word.
        }
    }

    private void nothingMoreComesToTheWriter() throws Exception {
        client.close();
        writer.expectTerminate();
    }
}

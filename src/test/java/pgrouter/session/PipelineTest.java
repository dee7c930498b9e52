package pgrouter.session;

import static pgrouter.testing.Frontend.bind;
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
import static pgrouter.testing.Server.emptyQuery;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.functionResult;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.portalSuspended;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.request.RequestMessages;

/** Several requests on their way at once: each goes where it belongs, and the replies keep their order. */
final class PipelineTest extends OnOneStandby {
    @Test
    void requestsOfOneWriteGoToTheirConnectionsOneAfterTheOther() throws Exception {
        client.send(query("SELECT 1"), query("INSERT INTO t VALUES (1)"), query("SELECT 2"));
        reader.answer("SELECT 1", row("1"));
        writer.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        writer.answer("SELECT 2", row("2"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        client.expect("Complete INSERT 0 1", "Ready I");
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void errorInsideAPipelineDropsUpToTheNextSyncOnly() throws Exception {
        client.send(parse("", "SELECT 1/0"), bind(""), execute(), sync());
        client.send(parse("", "SELECT 1"), bind(""), execute(), sync());
        reader.expect("Parse : SELECT 1/0", "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), error("22012", "division by zero"), ready('I'));
        reader.expect("Parse : SELECT 1", "Bind ", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "ERROR 22012 division by zero", "Ready I");
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void severalStatementsBeforeOneSyncAreRedirectedTogether() throws Exception {
        client.send(
                parse("a", "SELECT 1"), bind("a"), execute(), parse("b", "SELECT f(2)"), bind("b"), execute(), sync());
        reader.expect("Parse a: SELECT 1", "Bind a", "Execute", "Parse b: SELECT f(2)", "Bind b", "Execute", "Sync");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        reader.send(parseComplete(), bindComplete(), error("25006", "read-only"), ready('I'));
        writer.expect("Parse a: SELECT 1", "Bind a", "Execute", "Parse b: SELECT f(2)", "Bind b", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        writer.send(parseComplete(), bindComplete(), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1");
        client.expect("ParseComplete", "BindComplete", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void everySplitOfTheClientsBytesGivesTheSameReplies() throws Exception {
        byte[] requests = join(parse("", "SELECT 1"), bind(""), execute(), sync(), query("SELECT 2"));
        for (int at = 1; at < requests.length; at++) {
            client.sendSplit(requests, at);
            reader.expect("Parse : SELECT 1", "Bind ", "Execute", "Sync");
            reader.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
            reader.answer("SELECT 2", row("2"));
            client.expect("ParseComplete", "BindComplete", "Complete SELECT 0", "Ready I");
            client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        }
    }

    @Test
    void everySplitOfABackendsBytesGivesTheSameReply() throws Exception {
        byte[] reply = row("1");
        for (int at = 1; at < reply.length; at++) {
            client.send(query("SELECT 1"));
            reader.expect("Query SELECT 1");
            reader.send(Arrays.copyOfRange(reply, 0, at));
            reader.send(Arrays.copyOfRange(reply, at, reply.length));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        }
    }

    @Test
    void everySplitOfARefusalIsARedirect() throws Exception {
        byte[] refusal = join(error("42P01", "not yet"), ready('I'));
        for (int at = 1; at < refusal.length; at++) {
            client.send(query("SELECT 1"));
            reader.expect("Query SELECT 1");
            reader.send(Arrays.copyOfRange(refusal, 0, at));
            reader.send(Arrays.copyOfRange(refusal, at, refusal.length));
            writer.answer("SELECT 1", row("2"));
            client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
            standbyCatchesUp(at);
        }
    }

    /** A request in between is the sign that pgrouter has noted the possible write. */
    private void standbyCatchesUp(int round) throws Exception {
        client.send(sync());
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I");
        stage.publish(new Lsn(2000 + round), new Lsn(2000 + round));
    }

    @Test
    void emptyQueryIsAnswered() throws Exception {
        client.send(query(""));
        reader.answer("", emptyQuery(), ready('I'));
        client.expect("EmptyQuery", "Ready I");
    }

    @Test
    void severalStatementsInOneStringAreOneRequest() throws Exception {
        client.send(query("SELECT 1; SELECT f(2)"));
        reader.answer("SELECT 1; SELECT f(2)", complete("SELECT 1"), error("25006", "read-only"), ready('I'));
        writer.answer("SELECT 1; SELECT f(2)", complete("SELECT 1"), complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void functionCallGoesToTheWriter() throws Exception {
        client.send(functionCall(1234));
        writer.answer(List.of("FunctionCall 1234"), functionResult(), ready('I'));
        client.expect("FunctionResult", "Ready I");
    }

    @Test
    void syncAloneIsAnswered() throws Exception {
        client.send(sync(), sync());
        reader.answer(List.of("Sync"), ready('I'));
        reader.answer(List.of("Sync"), ready('I'));
        client.expect("Ready I", "Ready I");
    }

    @Test
    void portalIsReadInSteps() throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute(), flush());
        reader.expect("Parse : SELECT 1", "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), portalSuspended());
        client.expect("ParseComplete", "BindComplete", "Row 1", "Suspended");
        client.send(execute(), sync());
        reader.answer(List.of("Execute", "Sync"), dataRow("2"), complete("SELECT 1"), ready('I'));
        client.expect("Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void queryTooLargeToKeepGoesToTheWriterInPieces() throws Exception {
        String sql = "SELECT '" + "x".repeat(3 * RequestMessages.KEEP_LIMIT) + "'";
        client.send(query(sql), query("SELECT 2"));
        writer.answer(sql, complete("SELECT 1"), ready('I'));
        writer.answer("SELECT 2", row("2"));
        client.expect("Complete SELECT 1", "Ready I", "RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void bindTooLargeToKeepGoesToTheWriterWithTheStatementItNeeds() throws Exception {
        client.send(parse("s1", "SELECT $1"), sync());
        reader.answer(List.of("Parse s1: SELECT $1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(bind("s1", new byte[2 * RequestMessages.KEEP_LIMIT]), execute(), sync());
        writer.expect("Parse s1: SELECT $1", "Bind s1", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), complete("SELECT 0"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 0", "Ready I");
    }
}

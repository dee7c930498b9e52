package pgrouter.session;

import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.message;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.protocol.FrontendTag;

/** The primary has an older unnamed statement than the session, which is never run in the place of the session's. */
final class UnnamedStatementTest extends OnOneStandby {
    private static final String OLDER = "SHOW work_mem";
    private static final String UNREADABLE = "INSERT INTO t VALUES ('\377')";

    @BeforeEach
    void prepare() throws Exception {
        client.send(parse("", OLDER), sync());
        writer.answer(List.of("Parse : " + OLDER, "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        client.send(parse("", "SELECT 5"), sync());
        reader.answer(List.of("Parse : SELECT 5", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    private void olderIsClosedBeforeTheNextBind() throws Exception {
        client.send(bind(""), execute(), sync());
        writer.answer(
                List.of("Close S ", "Bind ", "Execute", "Sync"),
                closeComplete(),
                error("26000", "unnamed prepared statement does not exist"),
                ready('I'));
        client.expect("ERROR 26000 unnamed prepared statement does not exist", "Ready I");
    }

    /** The text is in no encoding of the session: PostgreSQL fails before it drops the unnamed statement. */
    @Test
    void afterAQueryThatCouldNotBeRead() throws Exception {
        client.send(message(FrontendTag.QUERY, (UNREADABLE + "\0").getBytes(StandardCharsets.ISO_8859_1)));
        writer.read();
        writer.send(error("22021", "invalid byte sequence"), ready('I'));
        client.expect("ERROR 22021 invalid byte sequence", "Ready I");
        olderIsClosedBeforeTheNextBind();
    }

    @Test
    void afterAParseThatCouldNotBeRead() throws Exception {
        byte[] body = ("\0" + UNREADABLE + "\0\0\0").getBytes(StandardCharsets.ISO_8859_1);
        client.send(message(FrontendTag.PARSE, body), sync());
        writer.read();
        writer.answer(List.of("Sync"), error("22021", "invalid byte sequence"), ready('I'));
        client.expect("ERROR 22021 invalid byte sequence", "Ready I");
        olderIsClosedBeforeTheNextBind();
    }

    private void theSessionsIsRun() throws Exception {
        client.send(bind(""), execute(), sync());
        reader.answer(
                List.of("Bind ", "Execute", "Sync"), bindComplete(), dataRow("5"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 5", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aQueryThatWasSkippedLeavesTheSessionsAsItIs() throws Exception {
        client.send(bind("none"), flush());
        writer.answer(List.of("Bind none", "Flush"), error("26000", "no such statement"));
        client.expect("ERROR 26000 no such statement");
        client.send(query(OLDER), sync());
        writer.answer(List.of("Query " + OLDER, "Sync"), ready('I'));
        client.expect("Ready I");
        theSessionsIsRun();
    }

    @Test
    void aQueryAfterItInTheSameRequestTakesItAway() throws Exception {
        client.send(parse("", "SELECT 6"), query("SELECT 7"));
        reader.answer(
                List.of("Parse : SELECT 6", "Query SELECT 7"),
                parseComplete(),
                dataRow("7"),
                complete("SELECT 1"),
                ready('I'));
        client.expect("ParseComplete", "Row 7", "Complete SELECT 1", "Ready I");
        olderIsClosedBeforeTheNextBind();
    }

    @Test
    void aNewOneTakesItsPlaceWithoutMore() throws Exception {
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
        client.send(parse("", OLDER), bind(""), execute(), sync());
        writer.answer(
                List.of("Parse : " + OLDER, "Bind ", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                dataRow("4MB"),
                complete("SHOW"),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Row 4MB", "Complete SHOW", "Ready I");
    }
}

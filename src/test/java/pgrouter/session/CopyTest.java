package pgrouter.session;

import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.copyData;
import static pgrouter.testing.Frontend.copyDone;
import static pgrouter.testing.Frontend.copyFail;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.copyOut;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.request.RequestMessages;
import pgrouter.testing.Server;

/** COPY in both directions, and the ways in which it fails. */
final class CopyTest extends OnOneStandby {
    private static final String SQL = "COPY t FROM STDIN";

    @Test
    void dataGoesToTheWriter() throws Exception {
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), copyData("2\n"), copyDone());
        writer.answer(List.of("CopyData 1\n", "CopyData 2\n", "CopyDone"), complete("COPY 2"), ready('I'));
        client.expect("Complete COPY 2", "Ready I");
        goesOn();
    }

    @Test
    void extendedCopySwallowsTheSyncBehindItsExecute() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), sync());
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), copyIn());
        client.expect("ParseComplete", "BindComplete", "CopyIn");
        client.send(copyData("1\n"), copyDone(), sync());
        writer.answer(List.of("CopyData 1\n", "CopyDone", "Sync"), complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
        goesOn();
    }

    @Test
    void extendedCopyMayBePipelinedWithItsData() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), copyData("1\n"), copyDone(), sync());
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "CopyData 1\n", "CopyDone", "Sync");
        writer.send(parseComplete(), bindComplete(), copyIn(), complete("COPY 1"), ready('I'));
        client.expect("ParseComplete", "BindComplete", "CopyIn", "Complete COPY 1", "Ready I");
        goesOn();
    }

    @Test
    void dataBehindACopyThatFailedAtItsStartIsDropped() throws Exception {
        client.send(query(SQL), copyData("1\n"), copyDone());
        writer.answer(SQL, error("42P01", "no such table"), ready('I'));
        client.expect("ERROR 42P01 no such table", "Ready I");
        goesOn();
    }

    @Test
    void dataBehindACopyThatFailedInTheMiddleIsDropped() throws Exception {
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        client.send(copyData("x\n"));
        writer.answer(List.of("CopyData x\n"), error("22P02", "invalid input"), ready('I'));
        client.expect("ERROR 22P02 invalid input", "Ready I");
        client.send(copyData("2\n"), copyDone());
        goesOn();
    }

    @Test
    void extendedCopyThatFailsInTheMiddleEndsWithTheSync() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), sync());
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Sync");
        writer.send(parseComplete(), bindComplete(), copyIn());
        client.expect("ParseComplete", "BindComplete", "CopyIn");
        client.send(copyData("x\n"));
        writer.answer(List.of("CopyData x\n"), error("22P02", "invalid input"));
        client.expect("ERROR 22P02 invalid input");
        client.send(copyData("2\n"), copyDone(), sync());
        writer.answer(List.of("CopyData 2\n", "CopyDone", "Sync"), ready('I'));
        client.expect("Ready I");
        goesOn();
    }

    @Test
    void clientGivesUp() throws Exception {
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), copyFail("changed my mind"));
        writer.expect("CopyData 1\n", "CopyFail changed my mind");
        writer.send(error("57014", "COPY from stdin failed"), ready('I'));
        client.expect("ERROR 57014 COPY from stdin failed", "Ready I");
        goesOn();
    }

    @Test
    void noticesDuringACopyReachTheClient() throws Exception {
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        for (int i = 0; i < 200; i++) {
            client.send(copyData("1\n"));
            writer.answer(List.of("CopyData 1\n"), notice("row " + i));
        }
        client.send(copyDone());
        writer.answer(List.of("CopyDone"), complete("COPY 200"), ready('I'));
        for (int i = 0; i < 200; i++) {
            client.expect("NOTICE 00000 row " + i);
        }
        client.expect("Complete COPY 200", "Ready I");
        goesOn();
    }

    @Test
    void twoCopiesInOneString() throws Exception {
        client.send(query("COPY a FROM STDIN; COPY b FROM STDIN"));
        writer.answer("COPY a FROM STDIN; COPY b FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), copyDone());
        writer.answer(List.of("CopyData 1\n", "CopyDone"), complete("COPY 1"), copyIn());
        client.expect("Complete COPY 1", "CopyIn");
        client.send(copyData("2\n"), copyDone());
        writer.answer(List.of("CopyData 2\n", "CopyDone"), complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
    }

    @Test
    void copyDataLargerThanTheKeepLimitPasses() throws Exception {
        String large = "x".repeat(2 * RequestMessages.KEEP_LIMIT);
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        client.send(copyData(large), copyDone());
        writer.answer(List.of("CopyData " + large, "CopyDone"), complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
    }

    @Test
    void queryBehindTheEndOfTheDataIsARequestOfItsOwn() throws Exception {
        client.send(query(SQL));
        writer.answer(SQL, copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), copyDone(), query("SELECT 1"));
        writer.answer(List.of("CopyData 1\n", "CopyDone"), complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
        writer.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void copyOutComesFromTheReader() throws Exception {
        client.send(query("COPY t TO STDOUT"));
        reader.answer("COPY t TO STDOUT", copyOut(), Server.copyData("1\n"), Server.copyDone(), complete("COPY 1"));
        reader.send(ready('I'));
        client.expect("CopyOut", "CopyData 1\n", "CopyDone", "Complete COPY 1", "Ready I");
    }

    @Test
    void copyOutThatTheReaderRefusesIsTheWriters() throws Exception {
        client.send(query("COPY (SELECT f(1)) TO STDOUT"));
        reader.answer("COPY (SELECT f(1)) TO STDOUT", copyOut(), error("25006", "read-only"), ready('I'));
        writer.answer("COPY (SELECT f(1)) TO STDOUT", copyOut(), Server.copyData("1\n"), Server.copyDone());
        writer.send(complete("COPY 1"), ready('I'));
        client.expect("CopyOut", "CopyData 1\n", "CopyDone", "Complete COPY 1", "Ready I");
    }

    /** The session is where it was: the next write is a request like any other. */
    private void goesOn() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 0"), ready('I'));
        client.expect("Complete UPDATE 0", "Ready I");
    }

    @Test
    void queryInsideACopyIsPartOfItsFailure() throws Exception {
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(query("SELECT 1"));
        writer.answer("SELECT 1", error("08P01", "unexpected message"), ready('I'));
        client.expect("ERROR 08P01 unexpected message", "Ready I");
        for (String sql : new String[] {"UPDATE t SET a = 1", "UPDATE t SET a = 2"}) {
            client.send(query(sql));
            writer.answer(sql, complete("UPDATE 0"), ready('I'));
            client.expect("Complete UPDATE 0", "Ready I");
        }
    }
}

package pgrouter.session;

import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;

/** A session reads what it has written: from the writer, until its standby is known to have replayed it. */
final class OwnWritesTest extends OnOneStandby {
    @Test
    void readsStayOnTheWriterUntilAProbeHasSeenTheStandbyPastTheWrite() throws Exception {
        onWriter("INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        onWriter("SELECT 1", "SELECT 1", 'I');
        stage.publish(new Lsn(2000), new Lsn(1999));
        onWriter("SELECT 1", "SELECT 1", 'I');
        stage.publish(new Lsn(3000), new Lsn(2000));
        onReader("SELECT 1");
    }

    @Test
    void aProbeFromBeforeTheWriteDoesNotCount() throws Exception {
        stage.publish(new Lsn(2000), new Lsn(2000));
        onWriter("INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        onWriter("SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void writeInATransactionCountsFromItsCommit() throws Exception {
        onWriter("BEGIN", "BEGIN", 'T');
        onWriter("INSERT INTO t VALUES (1)", "INSERT 0 1", 'T');
        stage.publish(new Lsn(2000), new Lsn(2000));
        onWriter("COMMIT", "COMMIT", 'I');
        onWriter("SELECT 1", "SELECT 1", 'I');
        stage.publish(new Lsn(2001), new Lsn(2001));
        onReader("SELECT 1");
    }

    @Test
    void transactionThatOnlyReadIsNoWrite() throws Exception {
        onWriter("BEGIN", "BEGIN", 'T');
        onWriter("SELECT 1", "SELECT 1", 'T');
        onWriter("COMMIT", "COMMIT", 'I');
        onReader("SELECT 1");
    }

    @Test
    void redirectedRequestMayHaveWritten() throws Exception {
        client.send(query("SELECT f(1)"));
        reader.answer("SELECT f(1)", error("25006", "read-only"), ready('I'));
        writer.answer("SELECT f(1)", row("1"));
        client.reply();
        onWriter("SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void functionInsideATransactionMayHaveWritten() throws Exception {
        onWriter("BEGIN", "BEGIN", 'T');
        onWriter("SELECT f(1)", "SELECT 1", 'T');
        onWriter("COMMIT", "COMMIT", 'I');
        onWriter("SELECT 1", "SELECT 1", 'I');
    }

    /** PostgreSQL's command tag for it is that of its SELECT. */
    @Test
    void tableCreatedFromASelectIsAWrite() throws Exception {
        onWriter("CREATE TABLE u AS SELECT 1 AS a", "SELECT 1", 'I');
        onWriter("SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void showIsNoWrite() throws Exception {
        onWriter("SHOW work_mem", "SHOW", 'I');
        onReader("SELECT 1");
    }

    @Test
    void otherSessionsReadFromTheStandbyMeanwhile() throws Exception {
        onWriter("INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        FakeClient other = stage.client();
        Connection othersReader = stage.reader();
        other.send(query("SELECT 1"));
        othersReader.answer("SELECT 1", row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private void onWriter(String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        writer.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    private void onReader(String sql) throws Exception {
        client.send(query(sql));
        reader.answer(sql, complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
    }
}

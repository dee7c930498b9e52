package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.config.Transactions;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** A standby that dies under a read of an optimistic transaction: the transaction goes on on one other standby. */
final class OptimisticCrashTest {
    private static final String READ = "SELECT v FROM t";
    private static final String LAST = "SELECT v FROM much";

    @RegisterExtension
    private final Stage stage = Stage.with(3).transactions(Transactions.OPTIMISTIC);

    private FakeClient client;
    private Connection reader;

    @BeforeEach
    void readsInATransaction() throws Exception {
        client = stage.client();
        stage.writer();
        reader = stage.reader();
        client.send(query("BEGIN"));
        reader.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        client.send(query(READ));
        reader.answer(READ, rowIn("1"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
        client.send(query(LAST));
        reader.answer(LAST);
        reader.close();
    }

    private static byte[] rowIn(String value) {
        byte[] reply = row(value);
        reply[reply.length - 1] = 'T';
        return reply;
    }

    @Test
    void anotherStandbyRunsTheTransactionAgain() throws Exception {
        Connection another = stage.reader();
        another.expect("Query BEGIN", "Query " + READ);
        another.send(complete("BEGIN"), ready('T'));
        another.send(rowIn("1"));
        another.answer(LAST, rowIn("2"));
        assertThat(client.reply()).containsExactly("RowDescription", "Row 2", "Complete SELECT 1", "Ready T");
        client.send(query("COMMIT"));
        another.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
    }

    @Test
    void itMustAnswerTheSame() throws Exception {
        Connection another = stage.reader();
        another.expect("Query BEGIN", "Query " + READ);
        another.send(complete("BEGIN"), ready('T'));
        another.send(rowIn("changed"));
        another.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready E");
    }

    @Test
    void aSecondCrashIsTheLast() throws Exception {
        Connection another = stage.reader();
        another.expect("Query BEGIN", "Query " + READ);
        another.send(complete("BEGIN"), ready('T'));
        another.send(rowIn("1"));
        another.answer(LAST);
        another.close();
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        client.expect("Ready E");
    }
}

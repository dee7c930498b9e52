package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.ready;

import org.junit.jupiter.api.Test;
import pgrouter.metrics.TransactionCounts;
import pgrouter.testing.Stage;

/** Transactions are counted by where they ran, also where all of them run on the primary. */
final class TransactionCountsTest extends OnOneStandby {
    TransactionCountsTest() {
        super(Stage.with(1));
    }

    private TransactionCounts counts() {
        return stage.metrics().transactions();
    }

    @Test
    void oneThatOnlyReadsDoesNotNeedThePrimary() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "SELECT 1", "SELECT 1", 'T');
        on(writer, "COMMIT", "COMMIT", 'I');
        on(reader, "SELECT 1", "SELECT 1", 'I');
        assertThat(counts().onPrimaryInVain()).isOne();
        assertThat(counts().onPrimary()).isZero();
    }

    @Test
    void oneThatWritesNeedsIt() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "UPDATE t SET a = 1", "UPDATE 1", 'T');
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
        assertThat(counts().onPrimary()).isOne();
        assertThat(counts().onPrimaryInVain()).isZero();
    }

    @Test
    void oneThatNoServerHasAnsweredRanNowhere() throws Exception {
        client.send(query("BEGIN; SELECT 1"));
        writer.answer("BEGIN; SELECT 1");
        writer.close();
        assertThat(client.reply()).endsWith("Ready E");
        client.send(query("ROLLBACK"));
        reader.answer("BEGIN", complete("BEGIN"), ready('T'));
        reader.answer("SELECT 1/0", error("22012", "division by zero"), ready('E'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        client.expect("Complete ROLLBACK", "Ready I");
        on(reader, "SELECT 1", "SELECT 1", 'I');
        assertThat(counts().onStandby()).isZero();
        assertThat(counts().movedOnes()).isZero();
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Uptime;
import pgrouter.testing.FakePostgres.Connection;

/** A server ends its session: where it means the client, the client has its words and the end; where its node goes away, it does not notice. */
final class EndedSessionsTest extends OnOneStandby {
    private static final String UPDATE = "UPDATE t SET a = 1";
    private static final String TERMINATED = "terminating connection due to administrator command";

    /** The node is up since before any of its connections. */
    private static final Uptime STAYS = backend -> OptionalLong.of(System.nanoTime() - 3_600_000_000_000L);

    private Connection backend(boolean onWriter) {
        return onWriter ? writer : reader;
    }

    private void end(Connection backend, String sqlState, String text) throws IOException {
        backend.send(fatal(sqlState, text));
        backend.close();
    }

    private void expectEnd(String sqlState, String text) throws IOException {
        client.expect("FATAL " + sqlState + " " + text);
        client.expectEnd();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAdministratorEndsAnIdleSession(boolean onWriter) throws Exception {
        stage.uptime(STAYS);
        end(backend(onWriter), "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
    }

    @Test
    void anAdministratorEndsASessionThatWrites() throws Exception {
        stage.uptime(STAYS);
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        end(writer, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
    }

    @Test
    void anAdministratorEndsASessionThatReads() throws Exception {
        stage.uptime(STAYS);
        client.send(parse("", "SELECT 1"), bind(""), execute(), sync());
        reader.expect("Parse : SELECT 1", "Bind ", "Execute", "Sync");
        end(reader, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
        writer.expectTerminate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN READ ONLY"})
    void anAdministratorEndsATransaction(String begin) throws Exception {
        stage.uptime(STAYS);
        Connection backend = begin(begin);
        end(backend, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
    }

    private Connection begin(String begin) throws IOException {
        Connection backend = backend(begin.equals("BEGIN"));
        client.send(query(begin));
        backend.answer(begin, complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
        return backend;
    }

    @Test
    void aWriterThatIsEndedWhileTheReaderIsAskedEndsTheSession() throws Exception {
        stage.uptime(STAYS);
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        end(writer, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
    }

    @Test
    void nothingIsRunForAClientThatHasBeenToldTheEnd() throws Exception {
        stage.uptime(STAYS);
        client.send(query("SELECT f()"));
        reader.answer("SELECT f()", error("25006", "read-only"), ready('E'));
        reader.expect("Query ROLLBACK");
        end(reader, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
        writer.expectTerminate();
    }

    @Test
    void aRequestThatComesMeanwhileWaitsForTheAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        stage.uptime(backend -> {
            asked.countDown();
            answer.await();
            return STAYS.since(backend);
        });
        end(writer, "57P01", TERMINATED);
        asked.await();
        client.send(query(UPDATE));
        answer.countDown();
        expectEnd("57P01", TERMINATED);
    }

    @Test
    void aRequestThatComesMeanwhileIsNotLostWithANodeThatGoesAway() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        stage.uptime(backend -> {
            asked.countDown();
            answer.await();
            return OptionalLong.empty();
        });
        end(writer, "57P01", TERMINATED);
        asked.await();
        client.send(query(UPDATE));
        answer.countDown();
        stage.writer().answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeThatHasBeenRestartedIsNoAdministrator(boolean onWriter) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        stage.uptime(backend -> {
            asked.countDown();
            return OptionalLong.of(System.nanoTime());
        });
        end(backend(onWriter), "57P01", TERMINATED);
        asked.await();
        String sql = onWriter ? UPDATE : "SELECT 1";
        client.send(query(sql));
        if (onWriter) {
            stage.writer().answer(UPDATE, complete("UPDATE 1"), ready('I'));
            client.expect("Complete UPDATE 1", "Ready I");
        } else {
            stage.reader().answer(sql, row("1"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN READ ONLY"})
    void aTimeoutOfATransactionIsTheClientsOnEitherNode(String begin) throws Exception {
        Connection backend = begin(begin);
        end(backend, "25P03", "terminating connection due to idle-in-transaction timeout");
        expectEnd("25P03", "terminating connection due to idle-in-transaction timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"25P04", "XX000", "08P01"})
    void whatElseEndsAReaderInTheMiddleOfAReadIsTheClients(String sqlState) throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        end(reader, sqlState, "said by the standby");
        expectEnd(sqlState, "said by the standby");
    }

    @Test
    void theReaderThatTheClientUsedLastHasIdledAsLong() throws Exception {
        read();
        end(reader, "57P05", "idle");
        expectEnd("57P05", "idle");
    }

    @Test
    void aReaderThatTheClientDidNotUseIsReplaced() throws Exception {
        read();
        write();
        end(reader, "57P05", "idle");
        client.send(query(UPDATE));
        writer.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aWriterThatTheClientDidNotUseIsReplaced() throws Exception {
        read();
        end(writer, "57P05", "idle");
        client.send(query(UPDATE));
        stage.writer().answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    private void read() throws IOException {
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private void write() throws IOException {
        client.send(query(UPDATE));
        writer.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    @Test
    void aTiedSessionEndsInTheServersWords() throws Exception {
        client.send(query("LISTEN c"));
        writer.answer("LISTEN c", complete("LISTEN"), ready('I'));
        client.expect("Complete LISTEN", "Ready I");
        writer.answerQuestion("pin LISTEN", dataRow("pin", "LISTEN", "t", null));
        client.send(query("NOTIFY c"));
        writer.answer(List.of("Query NOTIFY c"), complete("NOTIFY"), ready('I'));
        client.expect("Complete NOTIFY", "Ready I");
        end(writer, "57P01", TERMINATED);
        expectEnd("57P01", TERMINATED);
    }

    @Test
    void whatWasHeldBackComesBeforeTheEnd() throws Exception {
        stage.uptime(STAYS);
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1").clone());
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        client.send(query("SELECT 2; SELECT pg_sleep(9)"));
        reader.expect("Query SELECT 2; SELECT pg_sleep(9)");
        reader.send(dataRow("2"), complete("SELECT 1"));
        end(reader, "57P01", TERMINATED);
        client.expect("Row 2", "Complete SELECT 1");
        expectEnd("57P01", TERMINATED);
        assertThat(writer.read().fromClient()).isEqualTo("Terminate");
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Message;
import pgrouter.testing.Stage;

/** A server's process is given to the next session only where it answers, after DISCARD ALL, as one that has served nobody. */
@Timeout(60)
final class ProcessesAsNewTest {
    private static final String LOAD = "SELECT * FROM t /* whose view uses a library */";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String configuration = "17";
    private volatile boolean refuses;

    @RegisterExtension
    private final Stage stage = Stage.with(1).pool(1).asksProcesses();

    @BeforeEach
    void serve() throws Exception {
        stage.primary().handle(this::play);
        stage.standby().handle(this::play);
    }

    /** A process in which a library stays that a statement has loaded. */
    private void play(Connection connection) throws IOException {
        connection.waitForever();
        boolean loaded = false;
        boolean discarded = false;
        for (Message message = connection.read(); message.tag() != FrontendTag.TERMINATE; message = connection.read()) {
            String text = message.fromClient();
            loaded |= text.contains(LOAD);
            if (text.contains("pg_settings")) {
                asked.add((discarded ? "after " : "before ") + text);
                connection.send(refuses ? REFUSAL : answer(loaded));
            } else if (text.equals("Sync")) {
                connection.send(ready('I'));
            } else if (text.equals("Query DISCARD ALL")) {
                discarded = true;
                connection.send(complete("DISCARD ALL"), ready('I'));
            } else {
                connection.send(row("1"));
            }
        }
    }

    private static final byte[] REFUSAL = join(error("42501", "permission denied"), ready('I'));

    private byte[] answer(boolean loaded) {
        return join(
                rowDescription("setseed"),
                dataRow("", "public", "app", configuration, loaded ? "libraries" : "none"),
                complete("SELECT 1"),
                ready('I'));
    }

    private void session(String... statements) throws Exception {
        FakeClient client = stage.client();
        for (String statement : statements) {
            client.send(query(statement));
            assertThat(client.reply()).endsWith("Ready I");
        }
        client.finish();
        client.expectEnd();
    }

    private void awaitKept(int number) {
        Await.until(number + " connections are kept", () -> stage.serverPool().size() == number);
    }

    private void awaitAsked(int number) {
        Await.until(number + " questions were asked", () -> asked.size() == number);
    }

    @Test
    void whatIsAsNewIsKept() throws Exception {
        session("SELECT 1", "UPDATE t SET a = 1");
        awaitKept(2);
        awaitAsked(4);
        session("SELECT 1");
        awaitKept(2);
        awaitAsked(5);
    }

    @Test
    void aVersionThatNoServerHasIsNoFault() throws Exception {
        stage.primary().parameter("server_version", "99999999999");
        stage.standby().parameter("server_version", "");
        session("SELECT 1", "UPDATE t SET a = 1");
        awaitKept(2);
        assertThat(asked).hasSize(4).noneMatch(question -> question.contains("pg_get_loaded_modules"));
    }

    @Test
    void theRandomNumbersAreSeededByWhatNobodyKnows() throws Exception {
        session("SELECT 1");
        awaitKept(2);
        assertThat(asked.getLast()).startsWith("after ").contains("setseed(", "gen_random_uuid()");
    }

    @Test
    void aLibraryThatAStatementHasLoadedEndsItsProcess() throws Exception {
        session("SELECT 1", LOAD);
        awaitKept(1);
        session(LOAD, "UPDATE t SET a = 1", "/* pgrouter: writer */ " + LOAD);
        awaitAsked(6);
        awaitKept(0);
    }

    @Test
    void anotherConfigurationIsNoticedAndThenAskedFor() throws Exception {
        session("SELECT 1");
        awaitKept(2);
        configuration = "18";
        session("SELECT 1");
        awaitKept(1);
        session("SELECT 1");
        awaitKept(2);
        session("SELECT 1");
        awaitKept(2);
    }

    @Test
    void whereItCannotBeAskedNothingThatWasUsedIsKept() throws Exception {
        refuses = true;
        session("SELECT 1");
        awaitKept(1);
        refuses = false;
        session("SELECT 1");
        awaitKept(2);
    }

    @Test
    void theNameOfTheApplicationDecidesNothing() throws Exception {
        for (String name : List.of("one", "other")) {
            FakeClient client = stage.dial();
            client.logIn(
                    FakeClient.PROTOCOL_3_0,
                    java.util.Map.of("user", Stage.USER, "database", "app", "application_name", name),
                    Stage.PASSWORD);
            client.finish();
            client.expectEnd();
        }
        awaitKept(2);
        assertThat(asked).hasSize(2);
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.config.Pool;
import pgrouter.protocol.StartupPacket;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** What a session leaves as new, the next one of the same login goes on with. */
@Timeout(60)
final class ServerPoolTest extends OnOneStandby {
    private static final byte[] DISCARDED = join(complete("DISCARD ALL"), ready('I'));

    ServerPoolTest() {
        super(Stage.with(1).pool(1));
    }

    private void read(Connection from) throws Exception {
        client.send(query("SELECT 1"));
        from.answer("SELECT 1", row("1"));
        assertThat(client.reply()).endsWith("Ready I");
    }

    private void write(Connection to) throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        to.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        assertThat(client.reply()).endsWith("Ready I");
    }

    private void leave() throws Exception {
        client.finish();
        client.expectEnd();
    }

    /** Without a request of its own it has nothing to forget. */
    private void leaveUnused() throws Exception {
        leave();
        signs(reader);
        signs(writer);
        awaitKept(2);
    }

    private static void signs(Connection unused) throws Exception {
        unused.expect("Sync");
        unused.send(ready('I'));
    }

    private void awaitKept(int number) {
        Await.until(number + " connections are kept", () -> stage.serverPool().size() == number);
    }

    @Test
    void theNextSessionGoesOnWithTheConnectionsOfTheOneBefore() throws Exception {
        read(reader);
        leave();
        reader.answer("DISCARD ALL", DISCARDED);
        signs(writer);
        awaitKept(2);
        client = stage.client();
        assertThat(stage.serverPool().size()).isZero();
        read(reader);
        write(writer);
        leave();
        reader.answer("DISCARD ALL", DISCARDED);
        writer.answer("DISCARD ALL", DISCARDED);
        awaitKept(2);
    }

    @Test
    void aConnectionWithTheBeginningOfSomethingElseIsNotKept() throws Exception {
        read(reader);
        leave();
        reader.answer("DISCARD ALL", DISCARDED, new byte[] {'N', 0, 0});
        signs(writer);
        awaitKept(1);
        reader.expectTerminate();
    }

    @Test
    void whatWasNotUsedNeedsNoReset() throws Exception {
        leaveUnused();
        client = stage.client();
        read(reader);
    }

    @Test
    void beyondItsSizeThePoolKeepsNone() throws Exception {
        FakeClient first = client;
        client = stage.client();
        Connection secondReader = stage.reader();
        Connection secondWriter = stage.writer();
        leave();
        signs(secondReader);
        signs(secondWriter);
        awaitKept(2);
        client = first;
        leaveUnused();
        secondReader.expectTerminate();
        secondWriter.expectTerminate();
        assertThat(stage.serverPool().size()).isEqualTo(2);
    }

    @Test
    void whatSaysSomethingWhileItIsKeptIsDropped() throws Exception {
        leaveUnused();
        reader.send(parameter("work_mem", "64MB"));
        writer.close();
        client = stage.client();
        read(stage.reader());
        write(stage.writer());
    }

    @Test
    void aServerThatDoesNotForgetIsLeft() throws Exception {
        write(writer);
        leave();
        signs(reader);
        writer.answer("DISCARD ALL", error("XX000", "no"), ready('I'));
        writer.expectTerminate();
        awaitKept(1);
    }

    @Test
    void anOpenTransactionIsLeft() throws Exception {
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        assertThat(client.reply()).endsWith("Ready T");
        leave();
        writer.expectTerminate();
        reader.expectTerminate();
    }

    /** DISCARD ALL does not take away a library, a seed, or the name of a parameter. */
    @Test
    void whatCannotBeUndoneIsLeft() throws Exception {
        client.send(query("LOAD 'plpgsql'"));
        writer.answer("LOAD 'plpgsql'", complete("LOAD"), ready('I'));
        assertThat(client.reply()).endsWith("Ready I");
        leave();
        writer.expectTerminate();
        reader.expectTerminate();
    }

    @Test
    void aPromotedNodeLosesItsConnections() throws Exception {
        leaveUnused();
        stage.publishPromotion(new Lsn(2000));
        awaitKept(0);
        reader.expectTerminate();
        client = stage.client();
        write(stage.reader());
    }

    /** A cancel request that is still on its way must not hit the next session. */
    @Test
    void whatWasCancelledIsLeft() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        FakeClient canceller = stage.dial();
        canceller.send(Frontend.request(StartupPacket.CANCEL_REQUEST, client.key()));
        canceller.expectEnd();
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        reader.send(row("1"));
        assertThat(client.reply()).endsWith("Ready I");
        leave();
        reader.answer("DISCARD ALL", DISCARDED);
        signs(writer);
        awaitKept(1);
        reader.expectTerminate();
    }

    @Test
    void anotherLoginGetsConnectionsOfItsOwn() throws Exception {
        leaveUnused();
        client = stage.dial();
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", Stage.USER, "database", "other"), Stage.PASSWORD);
        read(stage.reader());
        assertThat(stage.serverPool().size()).isEqualTo(2);
    }

    /** The next login is to find the truth: when the client hears of its change, nothing is kept of before. */
    @ParameterizedTest
    @ValueSource(strings = {"ALTER ROLE", "GRANT", "REVOKE ROLE", "ALTER DATABASE", "DO", "COMMIT PREPARED"})
    void aChangeOfRolesOrDatabasesLetsGoOfAllBeforeItsAnswer(String tag) throws Exception {
        FakeClient changing = stage.client();
        Connection changingReader = stage.reader();
        Connection changingWriter = stage.writer();
        leaveUnused();
        changing.send(query("ALTER ROLE app NOLOGIN"));
        changingWriter.answer("ALTER ROLE app NOLOGIN", complete(tag), ready('I'));
        assertThat(changing.reply()).endsWith("Ready I");
        assertThat(stage.serverPool().size()).isZero();
        reader.expectTerminate();
        writer.expectTerminate();
        changing.finish();
        changing.expectEnd();
        changingReader.expectTerminate();
        changingWriter.expectTerminate();
        assertThat(stage.serverPool().size()).isZero();
    }

    @Test
    void aChangeWithinATransactionCountsFromItsCommitOn() throws Exception {
        FakeClient changing = client;
        changing.send(query("BEGIN; ALTER ROLE app NOLOGIN"));
        writer.answer("BEGIN; ALTER ROLE app NOLOGIN", complete("BEGIN"), complete("ALTER ROLE"), ready('T'));
        assertThat(changing.reply()).endsWith("Ready T");
        client = stage.client();
        Connection laterReader = stage.reader();
        Connection laterWriter = stage.writer();
        leave();
        signs(laterReader);
        signs(laterWriter);
        awaitKept(2);
        changing.send(query("COMMIT"));
        writer.answer("COMMIT", complete("COMMIT"), ready('I'));
        assertThat(changing.reply()).endsWith("Ready I");
        assertThat(stage.serverPool().size()).isZero();
        laterReader.expectTerminate();
        laterWriter.expectTerminate();
    }

    /** Nobody can tell what became of the transaction. */
    @Test
    void aChangeWhoseCommitWasLostCountsAsOne() throws Exception {
        FakeClient changing = client;
        changing.send(query("BEGIN; ALTER ROLE app NOLOGIN"));
        writer.answer("BEGIN; ALTER ROLE app NOLOGIN", complete("BEGIN"), complete("ALTER ROLE"), ready('T'));
        assertThat(changing.reply()).endsWith("Ready T");
        client = stage.client();
        Connection laterReader = stage.reader();
        Connection laterWriter = stage.writer();
        leave();
        signs(laterReader);
        signs(laterWriter);
        awaitKept(2);
        changing.send(query("COMMIT"));
        writer.expect("Query COMMIT");
        writer.close();
        awaitKept(0);
        laterReader.expectTerminate();
        laterWriter.expectTerminate();
    }

    /** What was changed elsewhere is noticed by health, for each backend by itself. */
    @Test
    void aBackendWithOtherRolesThanBeforeLosesItsConnections() throws Exception {
        FakeClient other = stage.client();
        Connection otherReader = stage.reader();
        Connection otherWriter = stage.writer();
        leaveUnused();
        stage.serverPool().clear(Stage.backend(stage.standby()).address());
        awaitKept(1);
        reader.expectTerminate();
        other.finish();
        other.expectEnd();
        signs(otherWriter);
        otherReader.expectTerminate();
        writer.expectTerminate();
        assertThat(stage.serverPool().size()).isEqualTo(1);
    }

    @Test
    void whatHasGrownTooOldIsNeitherGivenNorKept() throws Exception {
        leaveUnused();
        stage.pool(new Pool(1, Duration.ofMinutes(10), Duration.ZERO));
        client = stage.client();
        Connection laterReader = stage.reader();
        Connection laterWriter = stage.writer();
        reader.expectTerminate();
        writer.expectTerminate();
        read(laterReader);
        leave();
        laterReader.expectTerminate();
        laterWriter.expectTerminate();
        awaitKept(0);
    }

    /** The age of a connection counts from its login, through all the sessions that had it. */
    @Test
    void aConnectionGrowsOldWhileSessionsHaveIt() throws Exception {
        leaveUnused();
        client = stage.client();
        read(reader);
        stage.pool(new Pool(1, Duration.ofMinutes(10), Duration.ofNanos(1)));
        leave();
        reader.expectTerminate();
        writer.expectTerminate();
    }

    /** A kept connection holds a database that nobody uses, and the statement fails with 55006. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP DATABASE tenant",
                "alter /* a comment */ database tenant rename to other",
                "/* pgrouter: writer */ CREATE DATABASE copy TEMPLATE tenant"
            })
    void aStatementThatNeedsADatabaseForItselfFindsNobodyThere(String statement) throws Exception {
        FakeClient changing = stage.client();
        stage.reader();
        Connection changingWriter = stage.writer();
        leaveUnused();
        changing.send(query(statement));
        changingWriter.expect("Query " + statement);
        assertThat(stage.serverPool().size()).isZero();
        reader.expectTerminate();
        writer.expectTerminate();
        client = stage.client();
        Connection meanwhileReader = stage.reader();
        Connection meanwhileWriter = stage.writer();
        leave();
        meanwhileReader.expectTerminate();
        meanwhileWriter.expectTerminate();
        changingWriter.send(error("55006", "in use"), ready('I'));
        assertThat(changing.reply()).endsWith("Ready I");
    }

    @Test
    void aStatementOfTheExtendedProtocolFindsNobodyThereEither() throws Exception {
        FakeClient changing = stage.client();
        stage.reader();
        Connection changingWriter = stage.writer();
        leaveUnused();
        changing.send(parse("", "DROP DATABASE tenant"), bind(""), execute(), sync());
        changingWriter.expect("Parse : DROP DATABASE tenant", "Bind ", "Execute", "Sync");
        assertThat(stage.serverPool().size()).isZero();
        reader.expectTerminate();
        writer.expectTerminate();
    }
}

package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.config.ReadWait;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.ScriptedProbes;
import pgrouter.testing.Stage;

/** A read that must see a write waits a moment for a standby that has it. */
final class FreshReadsTest extends OnOneStandby {
    private static final Lsn WRITTEN = new Lsn(2000);
    private static final Lsn BEFORE = new Lsn(1999);

    FreshReadsTest() {
        super(Stage.with(1).readWait(ReadWait.of(Duration.ofMinutes(1))));
    }

    private ScriptedProbes probes() {
        return stage.probes();
    }

    /** The questions that reads have waited for. A session that begins asks for the position of its standby, too. */
    private List<String> awaited() {
        return probes().asked().stream()
                .filter(question -> question.startsWith("await"))
                .toList();
    }

    private void write() throws Exception {
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
    }

    private void read(Connection backend) throws Exception {
        on(backend, "SELECT 1", "SELECT 1", 'I');
    }

    /** Another session, and its connections. */
    private record Other(FakeClient client, Connection writer, Connection reader) {}

    private Other other() throws Exception {
        FakeClient otherClient = stage.client();
        return new Other(otherClient, stage.writer(), stage.reader());
    }

    private void writeOf(Other other) throws Exception {
        other.client().send(query("INSERT INTO t VALUES (2)"));
        other.writer().answer("INSERT INTO t VALUES (2)", complete("INSERT 0 1"), ready('I'));
        other.client().expect("Complete INSERT 0 1", "Ready I");
    }

    /** The primary tells the position, and the standby has it when it is asked for the second time. */
    private boolean answers(String node, int count) {
        stage.publish(WRITTEN, count < 3 ? BEFORE : WRITTEN);
        return true;
    }

    @Test
    void aReadWaitsUntilItsStandbyHasTheWrite() throws Exception {
        write();
        probes().answer(this::answers);
        read(reader);
        assertThat(probes().asked())
                .containsExactly("request standby", "await primary", "await standby", "await standby");
    }

    @Test
    void theLastRouteTellsHowLongTheReadHasWaited() throws Exception {
        write();
        probes().answer(this::answers);
        read(reader);
        assertThat(stage.lastRoute(client, writer)).matches("reader \\S+, waited \\d+\\.\\d ms");
        read(reader);
        assertThat(stage.lastRoute(client, writer)).matches("reader \\S+");
    }

    @Test
    void aReadThatHasWaitedLongEnoughGoesToThePrimary() throws Exception {
        write();
        probes().answer((node, count) -> {
            stage.publish(WRITTEN, BEFORE);
            return count < 3;
        });
        read(writer);
        assertThat(probes().asked())
                .containsExactly("request standby", "await primary", "await standby", "await standby");
    }

    /** Else it might wait for twice as long as replay takes. */
    @Test
    void aLongWaitAsksAgainEveryFewMilliseconds() throws Exception {
        stage.readWait(ReadWait.of(Duration.ofMinutes(1)));
        write();
        probes().answer((node, count) -> {
            stage.publish(WRITTEN, count < 15 ? BEFORE : WRITTEN);
            return true;
        });
        read(reader);
        assertThat(probes().asked()).hasSize(16);
        assertThat(probes().longestPause()).isBetween(Duration.ofMillis(1), Duration.ofMillis(4));
    }

    @Test
    void noReadWaitsWhereWaitIsOff() throws Exception {
        stage.readWait(ReadWait.OFF);
        write();
        probes().answer(this::answers);
        read(writer);
        assertThat(probes().asked()).containsExactly("request standby", "request primary");
    }

    @Test
    void aStandbyThatStandsStillIsNotWaitedFor() throws Exception {
        stage.readWait(ReadWait.AUTO);
        write();
        Await.until("the standby stands still for a while", () -> {
            stage.moveTo(WRITTEN, BEFORE);
            return stage.behindFor().compareTo(Duration.ofMillis(10)) >= 0;
        });
        probes().answer(this::answers);
        read(writer);
        assertThat(probes().asked()).contains("request standby").noneMatch(question -> question.startsWith("await"));
    }

    @Test
    void aReadThatNeedsNoWriteAsksForNothing() throws Exception {
        read(reader);
        probes().answer(this::answers);
        read(reader);
        assertThat(probes().asked()).isEmpty();
    }

    @Test
    void aCommitAsksForThePositionWhereTheSessionReads() throws Exception {
        read(reader);
        probes().answer(this::answers);
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'T');
        assertThat(probes().asked()).isEmpty();
        on(writer, "COMMIT", "COMMIT", 'I');
        Await.until("the primary is asked", () -> probes().asked().contains("request primary"));
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        write();
        assertThat(probes().asked()).as("nothing has read meanwhile").containsExactly("request primary");
    }

    @Test
    void aReadWaitsForAWriteOfAnotherSession() throws Exception {
        stage.consistency(Consistency.CLUSTER);
        stage.publish(BEFORE, BEFORE);
        Other other = other();
        Other reading = other();
        writeOf(other);
        probes().answer(this::answers);
        reading.client().send(query("SELECT 1"));
        reading.reader().answer("SELECT 1", row("1"));
        reading.client().reply();
        assertThat(awaited()).containsExactly("await primary", "await standby", "await standby");
    }

    /** Nothing was written through pgrouter. */
    @Test
    void aStrictReadAsksThePrimaryFirst() throws Exception {
        stage.consistency(Consistency.STRICT);
        Other reading = other();
        stage.publish(BEFORE, BEFORE);
        probes().answer(this::answers);
        reading.client().send(query("SELECT 1"));
        reading.reader().answer("SELECT 1", row("1"));
        reading.client().reply();
        assertThat(awaited()).containsExactly("await primary", "await standby", "await standby");
    }

    /** The next one asks again. */
    @Test
    void anAnswerFromBeforeAStrictReadIsNone() throws Exception {
        stage.consistency(Consistency.STRICT);
        Other reading = other();
        for (int i = 0; i < 2; i++) {
            stage.publish(WRITTEN, WRITTEN);
            probes().answer((node, count) -> {
                stage.publish(WRITTEN, WRITTEN);
                return true;
            });
            reading.client().send(query("SELECT 1"));
            reading.reader().answer("SELECT 1", row("1"));
            reading.client().reply();
            assertThat(awaited()).containsExactly("await primary");
        }
    }

    /** The standby may have been restarted before, and then begins to answer with less than it had replayed. */
    @Test
    void aPositionFromBeforeTheConnectionWasOpenedIsNotBelieved() throws Exception {
        stage.consistency(Consistency.CLUSTER);
        stage.publish(WRITTEN, WRITTEN);
        Other reading = other();
        probes().answer((node, count) -> {
            stage.moveTo(WRITTEN, count < 3 ? BEFORE : WRITTEN);
            return true;
        });
        reading.client().send(query("SELECT 1"));
        reading.reader().answer("SELECT 1", row("1"));
        reading.client().reply();
        assertThat(awaited()).containsExactly("await standby", "await standby", "await standby");
    }
}

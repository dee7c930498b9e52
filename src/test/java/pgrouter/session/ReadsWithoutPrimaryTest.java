package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.config.Consistency;
import pgrouter.config.ReadWait;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/**
 * There is no primary, and a read must see what another session has written. It runs on a standby as soon as one is known
 * to have that, or on the next primary: whichever comes first.
 */
final class ReadsWithoutPrimaryTest extends OnOneStandby {
    private static final Lsn WRITTEN = new Lsn(2000);
    private static final Lsn BEFORE = new Lsn(1999);
    private static final String UPDATE = "UPDATE t SET a = 1";

    private FakeClient other;
    private Connection othersWriter;
    private Connection othersReader;

    ReadsWithoutPrimaryTest() {
        super(Stage.with(1)
                .consistency(Consistency.CLUSTER)
                .readWait(ReadWait.AUTO)
                .failover(Duration.ofSeconds(30)));
    }

    @BeforeEach
    void logInAnother() throws Exception {
        other = stage.client();
        othersWriter = stage.writer();
        othersReader = stage.reader();
        stage.publish(BEFORE, BEFORE);
        othersReadGoesTo(othersReader);
    }

    /** The write is noted before the next request. */
    private void write() throws Exception {
        on(writer, UPDATE, "UPDATE 1", 'I');
        on(writer, "SHOW work_mem", "SHOW", 'I');
    }

    private void othersReadGoesTo(Connection backend) throws Exception {
        other.send(query("SELECT 1"));
        answersOther(backend);
    }

    private void answersOther(Connection backend) throws Exception {
        backend.answer("SELECT 1", row("1"));
        other.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    private void loseBoth() throws Exception {
        writer.close();
        othersWriter.close();
        stage.losePrimary();
    }

    @Test
    void aStandbyThatHasItIsReadFrom() throws Exception {
        write();
        stage.moveTo(WRITTEN, WRITTEN);
        loseBoth();
        othersReadGoesTo(othersReader);
    }

    @Test
    void aStandbyThatReplaysItMeanwhileIsReadFromThen() throws Exception {
        write();
        stage.moveTo(WRITTEN, BEFORE);
        loseBoth();
        other.send(query("SELECT 1"));
        stage.moveTo(WRITTEN, WRITTEN);
        answersOther(othersReader);
    }

    /** What the standby has may be less: nobody knows where the write is. */
    @Test
    void aWriteOfWhichThePositionWasNeverToldNeedsTheNextPrimary() throws Exception {
        write();
        loseBoth();
        stage.moveTo(WRITTEN, new Lsn(9000));
        other.send(query("SELECT 1"));
        stage.moveTo(WRITTEN, new Lsn(9001));
        stage.publishPromotion(new Lsn(9001));
        answersOther(stage.reader());
    }

    /** No client knows that it was committed. */
    @Test
    void aWriteThatWasNeverAcknowledgedKeepsNoReadOfOthersFromTheStandby() throws Exception {
        client.send(query(UPDATE));
        writer.expect("Query " + UPDATE);
        loseBoth();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        othersReadGoesTo(othersReader);
    }

    @Test
    void aReadThatIsLostWithThePrimaryIsNoWrite() throws Exception {
        write();
        stage.moveTo(WRITTEN, BEFORE);
        client.send(query("SELECT 1"));
        writer.expect("Query SELECT 1");
        stage.moveTo(WRITTEN, WRITTEN);
        loseBoth();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready I");
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** A read would be lost on it. */
    @Test
    void aPrimaryThatDoesNotAnswerIsNotReadFrom() throws Exception {
        write();
        stage.probes().answer((node, count) -> false);
        other.send(query("SELECT 1"));
        Await.until("the primary is asked", () -> stage.probes().asked().contains("request primary"));
        stage.losePrimary();
        stage.publishPromotion(WRITTEN);
        answersOther(stage.reader());
    }

    @Test
    void aPrimaryThatAnswersLateIsReadFrom() throws Exception {
        write();
        stage.probes().answer((node, count) -> false);
        other.send(query("SELECT 1"));
        Await.until("the primary is asked", () -> stage.probes().asked().contains("request primary"));
        stage.moveTo(WRITTEN, BEFORE);
        answersOther(othersWriter);
    }

    /** The session that has written reads its own write, and else what others have written. */
    @Test
    void theRouteTellsWhoseWriteIsMissing() throws Exception {
        write();
        stage.moveTo(WRITTEN, BEFORE);
        othersReadGoesTo(othersWriter);
        on(writer, "SELECT 1", "SELECT 1", 'I');
        assertThat(stage.lastRoute(client, writer)).startsWith("writer: own writes");
        assertThat(stage.lastRoute(other, othersWriter)).startsWith("writer: others' writes");
        other.send(query(UPDATE));
        othersWriter.answer(UPDATE, complete("UPDATE 1"), ready('I'));
        other.expect("Complete UPDATE 1", "Ready I");
        stage.moveTo(new Lsn(3000), WRITTEN);
        on(writer, "SELECT 1", "SELECT 1", 'I');
        assertThat(stage.lastRoute(client, writer)).startsWith("writer: others' writes");
    }
}

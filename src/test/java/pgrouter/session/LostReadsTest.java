package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.warning;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** A read may be what has ended the server process that ran it: it is tried on one more standby, and never on the primary. */
final class LostReadsTest {
    private static final String SQL = "SELECT much()";

    @RegisterExtension
    private final Stage stage = Stage.with(3);

    private FakeClient client;
    private Connection writer;
    private Connection reader;

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
    }

    @Test
    void aReadThatHasEndedTwoStandbysIsTriedNowhereElse() throws Exception {
        client.send(query(SQL));
        lose(reader, SQL);
        lose(stage.reader(), SQL);
        expectGivenUp();
        theSessionGoesOn();
    }

    @Test
    void aCrashThatIsSaidCountsAsOne() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, warning("57P02", "terminating connection because of crash of another server process"));
        reader.close();
        lose(stage.reader(), SQL);
        expectGivenUp();
        theSessionGoesOn();
    }

    @Test
    void aNodeThatIsStoppedAtOnceIsNoCrash() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, warning("57P01", "terminating connection due to immediate shutdown command"));
        reader.close();
        lose(stage.reader(), SQL);
        stage.reader().answer(SQL, row("3"));
        client.expect("RowDescription", "Row 3", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whatTheSecondStandbyRefusesDoesNotGoToThePrimary() throws Exception {
        client.send(query(SQL));
        lose(reader, SQL);
        stage.reader().answer(SQL, error("25006", "read-only"), ready('I'));
        expectGivenUp();
        theSessionGoesOn();
    }

    @Test
    void whereNoOtherStandbyIsThereItIsTriedNowhere() throws Exception {
        stage.standbys().forEach(standby -> standby.refuseLogins(fatal("57P03", "starting up")));
        client.send(query(SQL));
        lose(reader, SQL);
        expectGivenUp();
        theSessionGoesOn();
    }

    @Test
    void aPipelineIsGivenUpAsAWhole() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), parse("", "SELECT 2"), bind(""), execute(), sync());
        losePipeline(reader);
        losePipeline(stage.reader());
        expectGivenUp();
        theSessionGoesOn();
    }

    private static void losePipeline(Connection standby) throws IOException {
        standby.expect("Parse : " + SQL, "Bind ", "Execute", "Parse : SELECT 2", "Bind ", "Execute", "Sync");
        standby.close();
    }

    @Test
    void whatFollowsAFlushIsPassedOver() throws Exception {
        client.send(parse("", SQL), flush());
        reader.expect("Parse : " + SQL, "Flush");
        reader.send(parseComplete());
        client.expect("ParseComplete");
        client.send(bind(""), execute(), sync());
        reader.expect("Bind ", "Execute", "Sync");
        reader.close();
        Connection other = stage.reader();
        other.expect("Parse : " + SQL, "Flush", "Bind ", "Execute", "Sync");
        other.close();
        expectGivenUp();
        theSessionGoesOn();
    }

    @Test
    void theBeginningOfAReadOnlyTransactionHarmsNobody() throws Exception {
        String begin = "BEGIN READ ONLY";
        client.send(query(begin));
        lose(reader, begin);
        lose(stage.reader(), begin);
        stage.reader().answer(begin, complete("BEGIN"), ready('T'));
        client.expect("Complete BEGIN", "Ready T");
    }

    @Test
    void aReadThatBeginsItsTransactionItselfIsGivenUpInAFailedOne() throws Exception {
        String both = "BEGIN READ ONLY; " + SQL;
        client.send(query(both));
        lose(reader, both);
        lose(stage.reader(), both);
        assertThat(client.read()).startsWith("ERROR 57P02 ");
        client.expect("Ready E");
    }

    @Test
    void aReadThatThePrimaryHadIsTriedNowhereElse() throws Exception {
        String hinted = "/* pgrouter: writer */ " + SQL;
        client.send(query(hinted));
        writer.expect("Query " + hinted);
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.expect("Ready I");
        client.send(query("UPDATE t SET a = 1"));
        stage.writer().answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }

    private static void lose(Connection standby, String sql) throws IOException {
        standby.expect("Query " + sql);
        standby.close();
    }

    private void expectGivenUp() throws IOException {
        assertThat(client.read())
                .startsWith("ERROR 57P02 ")
                .contains("127.0.0.1:" + reader.server().port());
        client.expect("Ready I");
    }

    private void theSessionGoesOn() throws IOException {
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", complete("UPDATE 1"), ready('I'));
        client.expect("Complete UPDATE 1", "Ready I");
    }
}

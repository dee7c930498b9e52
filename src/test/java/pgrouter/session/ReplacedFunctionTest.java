package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;
import pgrouter.config.ReadWait;
import pgrouter.exchange.Relay;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions;
import pgrouter.routing.SuspectNames;
import pgrouter.testing.Stage;

/** A standby's answer counts only where the functions that gave it are the ones that were looked at. */
final class ReplacedFunctionTest extends OnOneStandby {
    private static final String SQL = "SELECT own(1)";
    private static final Functions FUNCTIONS = new Functions(
            new Functions.OfServer(FunctionNames.NONE, FunctionNames.NONE),
            Map.of("own", Map.of(20000L, "700"), "inner", Map.of(20001L, "701", 20002L, "702")),
            Set.of("shown"),
            Map.of("fown", Set.of("finner", "flater"), "rshown", Set.of("finner")),
            Optional.of(new Lsn(1000)));
    private static final FunctionCheck CHECK = FUNCTIONS.check(List.of("fown")).orElseThrow();

    ReplacedFunctionTest() {
        super(Stage.with(1)
                .readWait(ReadWait.of(Duration.ofMinutes(1)))
                .suspects(SuspectNames.of(Map.of(), false).among(FUNCTIONS)));
    }

    @Test
    void theCheckAsksForAllThatTheCallCanReachAlsoForWhatIsNotThereYet() {
        assertThat(CHECK.query()).contains("ARRAY[E'inner',E'later',E'own']");
        assertThat(CHECK.expected()).isEqualTo("20000:700,20001:701,20002:702");
    }

    @Test
    void theAnswerIsTheClientsWhereTheFunctionsAreTheSame() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, row("1"));
        reader.answer(CHECK.query(), row(CHECK.expected()));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        client.send(query("SELECT 2"));
        reader.answer("SELECT 2", row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void theWriterIsAskedWhereAFunctionWasReplacedAndTheStandbysConnectionIsGivenUp() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, row("1"));
        reader.answer(CHECK.query(), row("20000:999,20001:701,20002:702"));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        reader.expectTerminate();
    }

    @Test
    void anErrorOfAReplacedFunctionIsNotTheAnswerEither() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("P0001", "by the new one"), ready('I'));
        reader.answer(CHECK.query(), row("20000:999"));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void anErrorOfTheSameFunctionIsTheAnswer() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("P0001", "no"), ready('I'));
        reader.answer(CHECK.query(), row(CHECK.expected()));
        client.expect("ERROR P0001 no", "Ready I");
    }

    @Test
    void aRefusalGoesToTheWriterAsEver() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, error("25006", "read-only"), ready('I'));
        reader.answer(CHECK.query(), row(CHECK.expected()));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void theWriterIsAskedWhereTheCheckFails() throws Exception {
        client.send(query(SQL));
        reader.answer(SQL, row("1"));
        reader.answer(CHECK.query(), error("57014", "canceling statement"), ready('I'));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    @Test
    void theCheckFollowsTheSyncOfTheExtendedProtocol() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), sync());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Sync", "Query " + CHECK.query());
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        reader.send(row(CHECK.expected()));
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void anErrorOfTheExtendedProtocolIsFollowedByTheCheckToo() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), sync());
        reader.expect("Parse : " + SQL, "Bind ", "Execute", "Sync", "Query " + CHECK.query());
        reader.send(parseComplete(), bindComplete(), error("22012", "division by zero"), ready('I'));
        reader.send(row(CHECK.expected()));
        client.expect("ParseComplete", "BindComplete", "ERROR 22012 division by zero", "Ready I");
    }

    @Test
    void whatIsFlushedBeforeItsEndCannotBeCheckedAndIsTheWriters() throws Exception {
        client.send(parse("", SQL), bind(""), execute(), flush());
        writer.expect("Parse : " + SQL, "Bind ", "Execute", "Flush");
    }

    @Test
    void aReplyOfWhichTheClientHasAPartEndsWithAnError() throws Exception {
        String large = "x".repeat(Relay.HOLD_LIMIT / 2);
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow(large), dataRow(large));
        client.expect("RowDescription", "Row " + large, "Row " + large);
        reader.send(complete("SELECT 2"), ready('I'));
        reader.answer(CHECK.query(), row("20000:999"));
        assertThat(client.read()).startsWith("ERROR 40001 ");
        client.expect("Ready I");
        reader.expectTerminate();
    }

    @Test
    void aLargeReplyOfTheSameFunctionsEndsAsItDid() throws Exception {
        String large = "x".repeat(3 * Relay.HOLD_LIMIT);
        client.send(query(SQL));
        reader.answer(SQL, rowDescription("c"), dataRow(large));
        reader.send(complete("SELECT 1"), ready('I'));
        reader.answer(CHECK.query(), row(CHECK.expected()));
        client.expect("RowDescription", "Row " + large, "Complete SELECT 1", "Ready I");
    }

    @Test
    void aStandbyThatLacksWhatWasLookedAtIsNotAsked() throws Exception {
        stage.publish(new Lsn(1000), new Lsn(999));
        client.send(query(SQL));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
    }

    /** A standby of PostgreSQL 19, which has run the request before it had replayed enough. */
    @Test
    void aStandbyThatRanAReplacedFunctionTooEarlyIsGivenUpToo() throws Exception {
        stage.standby().parameter("server_version", "19.1");
        client.close();
        logIn();
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        stage.probes().answer((node, count) -> {
            stage.publish(new Lsn(2000), new Lsn(1000));
            return true;
        });
        client.send(query(SQL));
        assertThat(reader.read().fromClient()).startsWith("Query WAIT FOR LSN '0/7D0' ");
        reader.expect("Query " + SQL, "Query " + CHECK.query());
        reader.send(row("timeout"));
        reader.expect("Sync");
        reader.send(row("1"), row("20000:999"), ready('I'));
        writer.answer(SQL, row("2"));
        client.expect("RowDescription", "Row 2", "Complete SELECT 1", "Ready I");
        reader.expectTerminate();
    }

    @Test
    void aViewIsCheckedForTheFunctionsThatItCalls() throws Exception {
        String check = FUNCTIONS.check(List.of("rshown")).orElseThrow().query();
        client.send(query("SELECT * FROM shown"));
        reader.answer("SELECT * FROM shown", row("1"));
        reader.answer(check, row("20001:701,20002:702"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void whoAsksForAStandbyGetsItsAnswer() throws Exception {
        String sql = "/* pgrouter: reader */ SELECT own(1)";
        client.send(query(sql));
        reader.answer(sql, row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }
}

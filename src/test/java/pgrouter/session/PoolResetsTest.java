package pgrouter.session;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.cluster.Lsn;

/** What a pool or a driver sends to take state away costs the primary nothing where that has none, and never a question. */
final class PoolResetsTest extends OnOneStandby {
    @ParameterizedTest
    @CsvSource({
        "DISCARD ALL,DISCARD ALL",
        "RESET ALL,RESET",
        "RESET work_mem,RESET",
        "UNLISTEN *,UNLISTEN",
        "CLOSE ALL,CLOSE CURSOR ALL",
        "DEALLOCATE ALL,DEALLOCATE ALL",
        "DISCARD TEMP,DISCARD TEMP",
        "DISCARD PLANS,DISCARD PLANS",
        "SELECT pg_advisory_unlock_all(),SELECT 1"
    })
    void aSessionThatHasNothingTakesItAwayOnTheStandby(String sql, String tag) throws Exception {
        on(reader, sql, tag, 'I');
        expectNoQuestion();
    }

    @Test
    void theResetOfAPoolInOneTextIsOneStatementOfTheStandby() throws Exception {
        String sql = "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;";
        client.send(query(sql));
        reader.answer(
                sql,
                complete("SELECT 1"),
                complete("CLOSE CURSOR ALL"),
                complete("UNLISTEN"),
                complete("RESET"),
                ready('I'));
        client.expect(
                "Complete SELECT 1", "Complete CLOSE CURSOR ALL", "Complete UNLISTEN", "Complete RESET", "Ready I");
        expectNoQuestion();
    }

    @Test
    void theSameInTheExtendedProtocol() throws Exception {
        client.send(parse("", "DISCARD ALL"), bindNothing(""), execute(), sync());
        reader.answer(
                List.of("Parse : DISCARD ALL", "Bind ", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("DISCARD ALL"),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete DISCARD ALL", "Ready I");
        expectNoQuestion();
    }

    @Test
    void aRequestWhoseEndIsNotThereYetIsThePrimarys() throws Exception {
        client.send(parse("", "RESET ALL"), flush());
        writer.answer(List.of("Parse : RESET ALL", "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(bindNothing(""), execute(), sync());
        writer.answer(List.of("Bind ", "Execute", "Sync"), bindComplete(), complete("RESET"), ready('I'));
        client.expect("BindComplete", "Complete RESET", "Ready I");
        expectNoQuestion();
    }

    @Test
    void whatWasWrittenIsNotWaitedFor() throws Exception {
        on(writer, "INSERT INTO t VALUES (1)", "INSERT 0 1", 'I');
        on(reader, "RESET ALL", "RESET", 'I');
    }

    @Test
    void withoutAStandbyItIsOneStatementOfThePrimary() throws Exception {
        stage.publishPrimaryOnly(new Lsn(1000));
        on(writer, "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL", "RESET", 'I');
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
        on(writer, "UNLISTEN *", "UNLISTEN", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void whoMayHaveDrawnFromASequenceForgetsItOnThePrimary() throws Exception {
        on(writer, "INSERT INTO t DEFAULT VALUES", "INSERT 0 1", 'I');
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
        on(reader, "DISCARD ALL", "DISCARD ALL", 'I');
        on(writer, "SELECT nextval('s')", "SELECT 1", 'I');
        on(writer, "DISCARD SEQUENCES", "DISCARD SEQUENCES", 'I');
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
    }

    @Test
    void aParameterThatWasSetIsResetWhereItIsAndOnTheStandbyBeforeItsNextUse() throws Exception {
        on(writer, "SET work_mem = '7MB'", "SET", 'I');
        client.send(query("SELECT 1"));
        reader.answer("SELECT pg_catalog.set_config('work_mem', '7MB', false)", row("7MB"));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        on(writer, "RESET ALL", "RESET", 'I');
        client.send(query("SELECT 1"));
        reader.answer("RESET work_mem", complete("RESET"), ready('I'));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        on(reader, "RESET ALL", "RESET", 'I');
    }

    @Test
    void aParameterThatWasSetIsResetByDiscardAllToo() throws Exception {
        on(writer, "SET work_mem = '7MB'; SET jit = off", "SET", 'I');
        client.send(query("SELECT 1"));
        reader.answer(
                "SELECT pg_catalog.set_config('jit', 'off', false), pg_catalog.set_config('work_mem', '7MB', false)",
                row("off"));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
        on(writer, "SET jit = on", "SET", 'I');
        client.send(query("SELECT 1"));
        reader.answer("RESET work_mem; SELECT pg_catalog.set_config('jit', 'on', false)", row("on"));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
    }

    @Test
    void whatAResetMayLeaveInAnotherStateIsAskedForAsBefore() throws Exception {
        on(writer, "SET app.user = 'x'", "SET", 'I');
        writer.answerQuestion("setting app.user", answer("setting", "app.user", "x"));
        on(writer, "RESET ALL", "RESET", 'I');
        writer.answerQuestion("setting app.user", answer("setting", "app.user", ""));
    }

    @Test
    void aResetWithinATransactionIsAskedForAsBefore() throws Exception {
        on(writer, "SET work_mem = '7MB'", "SET", 'I');
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "RESET ALL", "RESET", 'T');
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
        writer.answerQuestion("setting work_mem", answer("setting", "work_mem", "7MB"));
    }

    @Test
    void aTransactionThatOnlyTakesAwayWhatIsNotThereAsksNothing() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "SELECT pg_advisory_unlock_all(); UNLISTEN *", "UNLISTEN", 'T');
        on(writer, "COMMIT", "COMMIT", 'I');
        expectNoQuestion();
    }

    @Test
    void whatIsThereIsTakenAwayOnThePrimaryAndAskedFor() throws Exception {
        on(writer, "SELECT pg_advisory_lock(1)", "SELECT 1", 'I');
        writer.answerQuestion("pin ADVISORY", answer("pin", "ADVISORY", "t"));
        on(writer, "UNLISTEN *", "UNLISTEN", 'I');
        on(writer, "SELECT pg_advisory_unlock_all()", "SELECT 1", 'I');
        writer.answerQuestion("pin ADVISORY", answer("pin", "ADVISORY", "f"));
        on(reader, "SELECT pg_advisory_unlock_all()", "SELECT 1", 'I');
    }

    @Test
    void aLockOfAReadOnlyTransactionIsReleasedOnThePrimaryAsItWasTakenThere() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        on(reader, "SELECT pg_advisory_lock(1)", "SELECT 1", 'T');
        on(reader, "SELECT pg_advisory_unlock_all()", "SELECT 1", 'T');
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        client.expect("Complete COMMIT", "Ready I");
        writer.answer("SELECT pg_advisory_lock(1)", complete("SELECT 1"), ready('I'));
        writer.answer("SELECT pg_advisory_unlock_all()", complete("SELECT 1"), ready('I'));
    }

    @Test
    void aRequestThatDoesMoreIsThePrimarys() throws Exception {
        on(writer, "RESET ALL; SELECT f()", "SELECT 1", 'I');
        client.send(parse("", "RESET ALL"), bindNothing(""), execute());
        client.send(parse("", "SELECT 1"), bindNothing(""), execute(), sync());
        writer.expect("Parse : RESET ALL", "Bind ", "Execute");
    }

    @Test
    void aStandbyThatIsLostInBetweenLeavesItToThePrimary() throws Exception {
        client.send(query("DISCARD ALL"));
        reader.expect("Query DISCARD ALL");
        stage.publishPrimaryOnly(new Lsn(1000));
        reader.close();
        writer.answer("DISCARD ALL", complete("DISCARD ALL"), ready('I'));
        client.expect("Complete DISCARD ALL", "Ready I");
    }
}

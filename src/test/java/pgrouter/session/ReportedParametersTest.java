package pgrouter.session;

import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server reports of its parameters: after a reload a standby may have others than the primary, which are the client's. */
final class ReportedParametersTest extends OnOneStandby {
    private static final byte[] RELOADED = parameter("DateStyle", "German, DMY");

    @Test
    void whatAStandbyReportsWithAReadIsNotTheClients() throws Exception {
        answered("SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void whatAStandbyReportsWhileItIsIdleIsNotTheClients() throws Exception {
        reader.send(RELOADED);
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    @Test
    void whatAStandbyReportsAfterAPartOfItsAnswerIsNotTheClients() throws Exception {
        client.send(parse("", "SELECT 1"), flush());
        reader.answer(List.of("Parse : SELECT 1", "Flush"), parseComplete());
        client.expect("ParseComplete");
        client.send(sync());
        reader.expect("Sync");
        reader.send(RELOADED, ready('I'));
        client.expect("Ready I");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN READ ONLY", "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"})
    void whatAStandbyReportsInATransactionThatSetsNothingIsNotTheClients(String begin) throws Exception {
        on(reader, begin, "BEGIN", 'T');
        answered("SELECT 1", "SELECT 1", 'T');
        answered("SHOW DateStyle", "SHOW", 'T');
        answered("SET TRANSACTION READ ONLY", "SET", 'T');
        answered("COMMIT", "COMMIT", 'I');
    }

    private void answered(String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        reader.answer(sql, complete(tag), RELOADED, ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    @Test
    void whatAStandbyHasByItselfDoesNotChangeHowTextsAreRead() throws Exception {
        client.send(query("SELECT 1"));
        byte[] own = parameter("standard_conforming_strings", "off");
        reader.answer("SELECT 1", complete("SELECT 1"), own, ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        on(writer, "SELECT 'a\\'; DELETE FROM t; --'", "SELECT 1", 'I');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET DateStyle = 'SQL, DMY'",
                "SET LOCAL DateStyle = 'SQL, DMY'",
                "SELECT set_config('DateStyle', 'SQL, DMY', true)",
                "SELECT set_config('DateStyle', 'SQL, DMY', false)",
                "RESET DateStyle",
                "RESET ALL",
                "DO $$ BEGIN SET DateStyle = 'SQL, DMY'; END $$"
            })
    void whatTheClientSetsInATransactionOfAStandbyIsReportedAndSoIsItsEnd(String sql) throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(query(sql));
        reader.answer(sql, complete("SET"), parameter("DateStyle", "SQL, DMY"), ready('T'));
        client.expect("Complete SET", "Parameter DateStyle=SQL, DMY", "Ready T");
        on(reader, "SELECT 1", "SELECT 1", 'T');
        client.send(query("ROLLBACK"));
        reader.answer("ROLLBACK", complete("ROLLBACK"), parameter("DateStyle", "ISO, MDY"), ready('I'));
        client.expect("Complete ROLLBACK", "Parameter DateStyle=ISO, MDY", "Ready I");
    }

    @Test
    void theEndOfWhatWasSetIsReportedWherePgrouterEndsTheTransaction() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(query("SET LOCAL DateStyle = 'SQL, DMY'"));
        reader.answer(
                "SET LOCAL DateStyle = 'SQL, DMY'", complete("SET"), parameter("DateStyle", "SQL, DMY"), ready('T'));
        client.expect("Complete SET", "Parameter DateStyle=SQL, DMY", "Ready T");
        client.send(query("COMMIT; DELETE FROM t"));
        reader.answer("COMMIT", complete("COMMIT"), parameter("DateStyle", "ISO, MDY"), ready('I'));
        client.expect("Parameter DateStyle=ISO, MDY");
        writer.answer("BEGIN READ ONLY", complete("BEGIN"), ready('T'));
        writer.answer("COMMIT; DELETE FROM t", complete("COMMIT"), complete("DELETE 1"), ready('I'));
        client.expect("Complete COMMIT", "Complete DELETE 1", "Ready I");
    }

    @Test
    void whatThePrimaryReportsIsTheClients() throws Exception {
        client.send(query("SHOW work_mem"));
        writer.answer("SHOW work_mem", complete("SHOW"), RELOADED, ready('I'));
        client.expect("Complete SHOW", "Parameter DateStyle=German, DMY", "Ready I");
        writer.send(parameter("DateStyle", "ISO, MDY"));
        client.expect("Parameter DateStyle=ISO, MDY");
    }
}

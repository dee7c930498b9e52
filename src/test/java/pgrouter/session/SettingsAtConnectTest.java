package pgrouter.session;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a driver or a framework sets at connect is known from its text: the primary runs it, and a standby is given it once. */
final class SettingsAtConnectTest extends OnOneStandby {
    private void readsAfter(String given) throws Exception {
        client.send(query("SELECT 1"));
        reader.answer(given, row(""));
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
        expectNoQuestion();
    }

    @Test
    void severalAreGivenToTheStandbyAtOnce() throws Exception {
        on(writer, "SET extra_float_digits = 3", "SET", 'I');
        on(writer, "SET application_name = 'PostgreSQL JDBC Driver'", "SET", 'I');
        readsAfter("SELECT pg_catalog.set_config('application_name', 'PostgreSQL JDBC Driver', false), "
                + "pg_catalog.set_config('extra_float_digits', '3', false)");
    }

    @Test
    void theSameInTheExtendedProtocol() throws Exception {
        String sql = "SET extra_float_digits = 3";
        client.send(parse("", sql), bindNothing(""), execute(), sync());
        writer.answer(
                List.of("Parse : " + sql, "Bind ", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("SET"),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete SET", "Ready I");
        readsAfter("SELECT pg_catalog.set_config('extra_float_digits', '3', false)");
    }

    @Test
    void theTimeZoneIsKnownFromTheTextAndFromTheServersReport() throws Exception {
        client.send(query("SELECT set_config('TimeZone', 'UTC', false)"));
        writer.answer(
                "SELECT set_config('TimeZone', 'UTC', false)",
                complete("SELECT 1"),
                parameter("TimeZone", "UTC"),
                ready('I'));
        client.expect("Complete SELECT 1", "Parameter TimeZone=UTC", "Ready I");
        readsAfter("SELECT pg_catalog.set_config('timezone', 'UTC', false)");
    }

    @Test
    void aServerThatHasReportedAnotherValueIsAsked() throws Exception {
        client.send(query("SET TIME ZONE 'Utc'"));
        writer.answer("SET TIME ZONE 'Utc'", complete("SET"), parameter("TimeZone", "Europe/Berlin"), ready('I'));
        client.expect("Complete SET", "Parameter TimeZone=Europe/Berlin", "Ready I");
        writer.answerQuestion("setting timezone", answer("setting", "timezone", "UTC"));
        readsAfter("SELECT pg_catalog.set_config('timezone', 'UTC', false)");
    }

    @Test
    void aCallWhoseEffectTheServerDoesNotReportIsAskedFor() throws Exception {
        on(writer, "SELECT set_config('work_mem', '7MB', false)", "SELECT 1", 'I');
        writer.answerQuestion("setting work_mem", answer("setting", "work_mem", "7MB"));
    }

    @Test
    void whatHasFailedIsAskedFor() throws Exception {
        client.send(query("SET work_mem = '7MB'; SET jit = 'maybe'"));
        writer.answer("SET work_mem = '7MB'; SET jit = 'maybe'", complete("SET"), error("22023", "no"), ready('I'));
        client.expect("Complete SET", "ERROR 22023 no", "Ready I");
        writer.answerQuestion(
                "setting jit, setting work_mem", answer("setting", "jit", "on"), answer("setting", "work_mem", "4MB"));
    }

    @Test
    void whatATransactionSetsIsAskedForWhenItIsOver() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        on(writer, "SET extra_float_digits = 3", "SET", 'T');
        on(writer, "ROLLBACK", "ROLLBACK", 'I');
        writer.answerQuestion("setting extra_float_digits", answer("setting", "extra_float_digits", "1"));
    }

    @Test
    void whatIsOnlyParsedIsAskedFor() throws Exception {
        client.send(parse("", "SET extra_float_digits = 3"), sync());
        writer.answer(List.of("Parse : SET extra_float_digits = 3", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        writer.answerQuestion("setting extra_float_digits", answer("setting", "extra_float_digits", "1"));
    }

    @Test
    void severalTextsInOneRequestAreAskedFor() throws Exception {
        client.send(parse("", "SET jit = off"), bindNothing(""), execute());
        client.send(parse("", "SET jit = on"), sync());
        writer.answer(
                List.of("Parse : SET jit = off", "Bind ", "Execute", "Parse : SET jit = on", "Sync"),
                parseComplete(),
                bindComplete(),
                complete("SET"),
                parseComplete(),
                ready('I'));
        client.expect("ParseComplete", "BindComplete", "Complete SET", "ParseComplete", "Ready I");
        writer.answerQuestion("setting jit", answer("setting", "jit", "off"));
    }
}

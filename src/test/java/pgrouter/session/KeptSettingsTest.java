package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.ready;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.client.Memory;
import pgrouter.testing.Stage;

/** What a session has set beyond what pgrouter keeps is on the primary's process, where the session stays: nothing of it is lost. */
@Timeout(60)
final class KeptSettingsTest extends OnOneStandby {
    private static final long LIMIT = 100_000;
    private static final String LONG = "x".repeat(20_000);

    private final Memory memory = stage.memory();

    KeptSettingsTest() {
        super(Stage.with(1).memory(new Memory(1 << 20, () -> LIMIT)));
    }

    private void set(String name, String value) throws Exception {
        on(writer, "SET " + name + " = '1'", "SET", 'I');
        writer.answerQuestion("setting " + name, answer("setting", name, value));
    }

    @Test
    void moreSettingsThanAreKeptKeepTheSessionOnThePrimaryUntilDiscardAll() throws Exception {
        for (int i = 0; i < 3; i++) {
            set("a.b" + i, LONG);
        }
        on(writer, "SELECT 1", "SELECT 1", 'I');
        reader.expectTerminate();
        assertThat(memory.taken()).isLessThan(1000);
        on(writer, "SET a.c = '1'", "SET", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
        on(writer, "DISCARD ALL", "DISCARD ALL", 'I');
        client.send(query("SELECT 1"));
        reader = stage.reader();
        reader.answer("SELECT 1", complete("SELECT 1"), ready('I'));
        client.expect("Complete SELECT 1", "Ready I");
    }

    @Test
    void aValueThatIsLargerThanAllThatIsKeptIsNotHeard() throws Exception {
        set("a.b", "x".repeat(3_000_000));
        on(writer, "SELECT 1", "SELECT 1", 'I');
        assertThat(memory.taken()).isLessThan(1000);
    }

    @Test
    void aValueThatOnlyAStandbyHasEndsTheSession() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        client.send(query("SELECT set_config('a.b', repeat('x', 3000000), false)"));
        reader.answer("SELECT set_config('a.b', repeat('x', 3000000), false)", complete("SELECT 1"), ready('T'));
        client.expect("Complete SELECT 1", "Ready T");
        client.send(query("COMMIT"));
        reader.answer("COMMIT", complete("COMMIT"), ready('I'));
        reader.answerQuestion("setting a.b", answer("setting", "a.b", "x".repeat(3_000_000)));
        client.expect("Complete COMMIT", "Ready I");
        assertThat(client.read()).startsWith("FATAL 54000 ");
        client.expectEnd();
    }

    @Test
    void aStatementOfSqlThatIsLongerThanItSeemedKeepsTheSessionOnThePrimary() throws Exception {
        on(writer, "PREPARE a AS SELECT 1", "PREPARE", 'I');
        writer.answerQuestion("statement a", answer("statement", "a", "PREPARE a AS " + LONG.repeat(10), "t"));
        on(writer, "SELECT 1", "SELECT 1", 'I');
        reader.expectTerminate();
    }

    @Test
    void manyNamesOfATransactionKeepTheSessionOnThePrimary() throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        for (int i = 0; i < 500; i++) {
            on(writer, "SET a_long_name_of_an_extension.and_of_its_parameter_" + i + " = ''", "SET", 'T');
        }
        on(writer, "COMMIT", "COMMIT", 'I');
        on(writer, "SELECT 1", "SELECT 1", 'I');
    }
}

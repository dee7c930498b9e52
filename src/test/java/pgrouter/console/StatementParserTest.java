package pgrouter.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementParserTest {
    private static Command one(String text) throws Rejected {
        List<Command> commands = StatementParser.parse(text);
        assertThat(commands).hasSize(1);
        return commands.getFirst();
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void everyTableIsShownInAnyCase(Table table) throws Rejected {
        assertThat(one("show " + table.name().toLowerCase(Locale.ROOT) + ";")).isEqualTo(new Command.Show(table));
    }

    @Test
    void theServersAreShownByTheirFormerNameToo() throws Rejected {
        assertThat(one("SHOW pipes")).isEqualTo(new Command.Show(Table.SERVERS));
    }

    @Test
    void whatChangesSomething() throws Rejected {
        assertThat(StatementParser.parse(
                        "drain db1:5432; Resume '/run/pg:5432';RELOAD;;forget learned; Forget Shapes; kill client 12;"
                                + "SHUTDOWN; shutdown immediate"))
                .containsExactly(
                        new Command.Drain("db1:5432"),
                        new Command.Resume("/run/pg:5432"),
                        new Command.Reload(),
                        new Command.ForgetLearned(),
                        new Command.ForgetShapes(),
                        new Command.Kill(12),
                        new Command.ShutDown(false),
                        new Command.ShutDown(true));
    }

    @Test
    void commentsSayNothing() throws Rejected {
        assertThat(one("/* a /* nested; */ one */ SHOW/**/STATS -- to the end; of the line\n;"))
                .isEqualTo(new Command.Show(Table.STATS));
        assertThat(one("DRAIN xn--bcher-kva.example:5432")).isEqualTo(new Command.Drain("xn--bcher-kva.example:5432"));
        assertThat(StatementParser.parse(" -- nothing\n /**/ ; ;")).isEmpty();
    }

    @Test
    void whatDriversSay() throws Rejected {
        assertThat(one("SET application_name = 'a;b'")).isEqualTo(new Command.Nothing("SET"));
        assertThat(one("DISCARD all")).isEqualTo(new Command.Nothing("DISCARD ALL"));
        assertThat(one("DEALLOCATE s1")).isEqualTo(new Command.Nothing("DEALLOCATE"));
        assertThat(one("select 1")).isEqualTo(new Command.Constant("1"));
        assertThat(one("BEGIN READ ONLY")).isEqualTo(new Command.Transaction(Command.Kind.BEGIN));
        assertThat(one("end")).isEqualTo(new Command.Transaction(Command.Kind.COMMIT));
        assertThat(one("ROLLBACK")).isEqualTo(new Command.Transaction(Command.Kind.ROLLBACK));
        assertThat(one("SHOW TRANSACTION ISOLATION LEVEL")).isEqualTo(new Command.Parameter("transaction_isolation"));
        assertThat(one("show DateStyle")).isEqualTo(new Command.Parameter("datestyle"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT now()",
                "SHOW",
                "SHOW BACKENDS please",
                "DRAIN",
                "DRAIN a b",
                "KILL 1",
                "KILL CLIENT x",
                "KILL CLIENT 99999999999999999999",
                "SHUTDOWN now",
                "RELOAD x",
                "FORGET",
                "FORGET ALL",
                "DROP TABLE t",
                "SHOW STATS; nonsense"
            })
    void anythingElseNamesHelp(String text) {
        assertThatExceptionOfType(Rejected.class)
                .isThrownBy(() -> StatementParser.parse(text))
                .withMessageContaining("SHOW HELP")
                .matches(e -> e.sqlState().equals("42601"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET x = 'a", "/* /* */", "SHOW \"", "'"})
    void whatHasNoEnd(String text) {
        assertThatExceptionOfType(Rejected.class)
                .isThrownBy(() -> StatementParser.parse(text))
                .withMessageStartingWith("unterminated");
    }
}

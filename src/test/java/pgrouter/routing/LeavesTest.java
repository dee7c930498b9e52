package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts and functions that may leave in the server's process what nobody can ask about: such a process serves no other session. */
final class LeavesTest {
    private static boolean leaves(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        SqlScanner scanner = new SqlScanner();
        scanner.scan(text, 0, text.length, true);
        return scanner.state().has(StateTraits.LEAVES);
    }

    private static boolean bodyLeaves(String source) {
        byte[] text = source.getBytes(StandardCharsets.UTF_8);
        return FunctionBody.read(text, 0, text.length).state().has(StateTraits.LEAVES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT set_config('my' || '.x', '1', true)",
                "SELECT set_config($1, $2, true)",
                "SELECT set_config(n, 'secret', true) FROM names",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET my.x = 'q' AS 'SELECT 1'",
                "ALTER FUNCTION f() SET my.x TO 'q'",
                "DO $$ BEGIN EXECUTE 'select set' || 'seed(0.5)'; END $$",
                "DO LANGUAGE plpython3u $$ GD['a'] = 1 $$",
                "DO $$ $_SHARED{a} = 1 $$ LANGUAGE plperl",
                "DO LANGUAGE 'plpython3u' $$ GD['a'] = 1 $$"
            })
    void aNameThatNoTextTellsMayStay(String sql) {
        assertThat(leaves(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SELECT set_config('work_mem', '1MB', true)",
                "SET LOCAL my.x = '1'",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '1MB' AS 'SELECT a.b FROM a'",
                "UPDATE t SET a = b.c FROM b",
                "SELECT set_config('my.x', '1', true)",
                "DO $$ BEGIN UPDATE t SET a = 1; END $$",
                "DO LANGUAGE plpgsql $$ BEGIN PERFORM set_config('my.x', '1', false); END $$"
            })
    void aNameThatIsToldIsNotedByItself(String sql) {
        assertThat(leaves(sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN PERFORM set_config(name, value, true); END",
                "BEGIN PERFORM set_config('my' || '.x', '1', false); END",
                "BEGIN PERFORM set_config(prefix || '.x', '1', false); END",
                "BEGIN SET LOCAL my.x = '1'; END",
                "BEGIN EXECUTE format('SELECT %I()', name); END"
            })
    void aFunctionMayComputeIt(String source) {
        assertThat(bodyLeaves(source)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN PERFORM set_config('work_mem', '1MB', false); END",
                "BEGIN PERFORM set_config('my.x', '1', false); END",
                "BEGIN SET LOCAL work_mem = '1MB'; END",
                "BEGIN RETURN a + 1; END"
            })
    void aFunctionMayTellIt(String source) {
        assertThat(bodyLeaves(source)).isFalse();
    }
}

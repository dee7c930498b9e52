package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may let commits be acknowledged before their WAL is flushed. */
final class CommitSettingTest {
    private static byte[] bytes(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean maySet(String sql) {
        SqlScanner scanner = new SqlScanner();
        byte[] text = bytes(sql);
        long traits = scanner.scan(text, 0, text.length, true);
        return Traits.has(traits, Traits.ASYNCHRONOUS) || scanner.state().has(StateTraits.SETS_ANY);
    }

    private static boolean bodyMaySet(String source) {
        byte[] text = bytes(source);
        return Traits.has(FunctionBody.read(text, 0, text.length).traits(), Traits.ASYNCHRONOUS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET synchronous_commit = off",
                "SET SESSION synchronous_commit TO off",
                "SET LOCAL synchronous_commit = off",
                "SET LOCAL \"synchronous_commit\" = off",
                "SET \"Synchronous_Commit\" = off",
                "SET SYNCHRONOUS_COMMIT TO 'off'",
                "RESET synchronous_commit",
                "BEGIN; SET LOCAL synchronous_commit = off; INSERT INTO t VALUES (1); COMMIT",
                "SELECT set_config('synchronous_commit', 'off', false)",
                "SELECT set_config('Synchronous_Commit', 'off', true)",
                "SELECT pg_catalog.set_config('synchronous_commit', 'off', $1)",
                "SELECT set_config($1, $2, false)",
                "SELECT set_config($1, $2, true)",
                "SELECT set_config(n, v, true) FROM settings",
                "SELECT set_config('synchronous' || '_commit', 'off', true)",
                "SELECT set_config(E'synchronous\\x5fcommit', 'off', true)",
                "UPDATE pg_settings SET setting = 'off' WHERE name = 'synchronous_commit'",
                "UPDATE pg_catalog.pg_settings SET setting = 'off' WHERE name LIKE 'sync%'",
                "WITH u AS (UPDATE pg_settings SET setting = 'off' WHERE name = $1 RETURNING 1) SELECT 1",
                "ALTER ROLE app SET synchronous_commit = off",
                "ALTER ROLE app IN DATABASE d SET synchronous_commit TO off",
                "ALTER DATABASE d SET synchronous_commit = off",
                "ALTER SYSTEM SET synchronous_commit = off",
                "ALTER FUNCTION f() SET synchronous_commit = off",
                "DO $$BEGIN SET LOCAL synchronous_commit = off; END$$",
                "DO $$BEGIN PERFORM set_config('synchronous_commit', 'off', true); END$$",
                "DO $$BEGIN EXECUTE 'SET ' || 'x'; END$$",
                "DO $$BEGIN PERFORM set_config(n, 'off', true) FROM names; END$$",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN SET LOCAL synchronous_commit = off; END$$",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT set_config(''synchronous_commit'', ''off'', true)'",
                "SET U&\"synchronous\\005Fcommit\" = off"
            })
    void aTextMaySetIt(String sql) {
        assertThat(maySet(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SET work_mem = '1MB'",
                "SET LOCAL work_mem = '1MB'",
                "SELECT set_config('work_mem', '1MB', true)",
                "SELECT set_config('app.user', $1, true)",
                "SELECT setting FROM pg_settings WHERE name = 'synchronous_commit'",
                "INSERT INTO t VALUES ('synchronous_commit')",
                "UPDATE t SET synchronous_commit = 1",
                "ALTER ROLE app SET work_mem = '1MB'",
                "CREATE TABLE t(a text DEFAULT 'synchronous')",
                "DO $$BEGIN UPDATE t SET a = 1; END$$",
                "BEGIN",
                "COMMIT"
            })
    void anotherDoesNot(String sql) {
        assertThat(maySet(sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN SET LOCAL synchronous_commit = off; END",
                "BEGIN SET LOCAL Synchronous_Commit TO off; END",
                "BEGIN PERFORM set_config('synchronous_commit', 'off', true); END",
                "BEGIN EXECUTE 'SET LOCAL synchronous_commit = off'; END",
                "BEGIN EXECUTE 'SET LOCAL ' || name || ' = off'; END",
                "BEGIN EXECUTE format('SET %I = off', name); END",
                "BEGIN EXECUTE format('SET LOCAL %I = off', name); END",
                "BEGIN PERFORM set_config(name, 'off', true); END",
                "BEGIN PERFORM set_config(r.name, 'off', true); END",
                "BEGIN PERFORM set_config('synchronous' || '_commit', 'off', true); END",
                "plpy.execute(\"SET LOCAL synchronous_commit TO off\")"
            })
    void aFunctionMaySetIt(String source) {
        assertThat(bodyMaySet(source)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN INSERT INTO log SELECT NEW.*; RETURN NEW; END",
                "BEGIN UPDATE t SET a = 1; END",
                "BEGIN SET LOCAL work_mem = '1MB'; END",
                "BEGIN PERFORM set_config('app.user', NEW.name, true); END",
                "BEGIN EXECUTE format('INSERT INTO %I VALUES ($1)', t) USING NEW.a; END",
                "BEGIN EXECUTE 'SELECT set_config(''app.user'', ''x'', true)'; END"
            })
    void anotherFunctionDoesNot(String source) {
        assertThat(bodyMaySet(source)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c synchronous_commit=off",
                "-csynchronous_commit=off",
                "--synchronous-commit=off",
                "--SYNCHRONOUS_COMMIT=off",
                "-c synchronous\\_commit=off",
                "-c work_mem=1MB -c synchronous_commit=local"
            })
    void theOptionsOfALoginMaySetIt(String options) {
        assertThat(CommitSetting.isIn(Map.of("user", "app", "options", options)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"synchronous_commit", "Synchronous_Commit"})
    void soMayAParameterOfALogin(String name) {
        assertThat(CommitSetting.isIn(Map.of("user", "app", name, "off"))).isTrue();
        assertThat(CommitSetting.isIn(Map.of("user", "app", "database", "app"))).isFalse();
    }
}

package pgrouter.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts whose effect on the session is known once they have succeeded, and texts that only look like them. */
final class SessionCommandsTest {
    private final SqlScanner scanner = new SqlScanner();

    private long traits(String sql) {
        byte[] text = sql.getBytes(UTF_8);
        return scanner.scan(text, 0, text.length, true);
    }

    private StateTraits state(String sql) {
        traits(sql);
        return scanner.state();
    }

    private Map<String, String> assigned(String sql) {
        traits(sql);
        return scanner.assigned();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DISCARD ALL",
                "discard all;",
                "/* of a pool */ DISCARD ALL -- now",
                "DISCARD PLANS",
                "DISCARD SEQUENCES",
                "DISCARD TEMP",
                "RESET ALL",
                "RESET work_mem",
                "RESET TIME ZONE",
                "DEALLOCATE p",
                "DEALLOCATE \"P\"",
                "DEALLOCATE PREPARE p",
                "DEALLOCATE ALL",
                "UNLISTEN *",
                "CLOSE ALL",
                "SELECT pg_advisory_unlock_all()",
                "SELECT pg_catalog.pg_advisory_unlock_all();",
                "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;",
                "CLOSE ALL;UNLISTEN *;;SELECT pg_advisory_unlock_all();DISCARD SEQUENCES;DISCARD TEMP"
            })
    void aTextThatOnlyTakesAway(String sql) {
        assertThat(state(sql).has(StateTraits.RESETS)).isTrue();
        assertThat(Traits.has(traits(sql), Traits.FOR_WRITER)).as("by itself").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DISCARD ALL; SELECT 1",
                "RESET ALL; INSERT INTO t VALUES (1)",
                "RESET app.user",
                "RESET search_path",
                "RESET ROLE",
                "RESET SESSION AUTHORIZATION",
                "RESET client_encoding",
                "RESET default_transaction_read_only",
                "RESET transaction_isolation",
                "DEALLOCATE",
                "DEALLOCATE a, b",
                "UNLISTEN channel",
                "CLOSE c",
                "SELECT pg_advisory_unlock_all(), f()",
                "SELECT pg_advisory_unlock_all() FROM t",
                "SELECT other.pg_advisory_unlock_all()",
                "SELECT \"pg_advisory_unlock_all\"()",
                "SELECT pg_advisory_unlock(1)",
                "DISCARD ALL 1",
                "DISCARD ALL; SET work_mem = '7MB'",
                "CLOSE ALL; DROP TABLE t",
                "SET x.y = 1; RESET ALL",
                "RESET U&\"work_mem\"",
                "SELECT 'DISCARD ALL'",
                ""
            })
    void aTextThatMayDoMore(String sql) {
        assertThat(state(sql).has(StateTraits.RESETS.with(StateTraits.ASSIGNS))).isFalse();
    }

    @Test
    void onlyWhatForgetsSequencesSaysSo() {
        assertThat(state("DISCARD ALL").has(StateTraits.FORGETS_SEQUENCES)).isTrue();
        assertThat(state("CLOSE ALL; DISCARD SEQUENCES").has(StateTraits.FORGETS_SEQUENCES))
                .isTrue();
        assertThat(state("RESET ALL").has(StateTraits.FORGETS_SEQUENCES)).isFalse();
        assertThat(state("DISCARD ALL; SELECT 1").has(StateTraits.FORGETS_SEQUENCES))
                .isFalse();
    }

    @Test
    void aPlainValueIsReadFromTheText() {
        assertThat(assigned("SET work_mem = '7MB'")).isEqualTo(Map.of("work_mem", "7MB"));
        assertThat(assigned("SET SESSION Statement_Timeout TO 5000;")).isEqualTo(Map.of("statement_timeout", "5000"));
        assertThat(assigned("SET intervalstyle = ISO_8601")).isEqualTo(Map.of("intervalstyle", "iso_8601"));
        assertThat(assigned("SET random_page_cost = '1.1'")).isEqualTo(Map.of("random_page_cost", "1.1"));
        assertThat(assigned("SET TIME ZONE 'Asia/Tokyo'")).isEqualTo(Map.of("timezone", "Asia/Tokyo"));
        assertThat(assigned("SET SESSION TIME ZONE UTC")).isEqualTo(Map.of("timezone", "utc"));
        assertThat(assigned("SET jit = off; SET jit = on; SET geqo TO off"))
                .isEqualTo(Map.of("jit", "on", "geqo", "off"));
    }

    @Test
    void aPlainCallOfSetConfigTooButItMayBeAnotherFunction() {
        String sql = "SELECT set_config('TimeZone', 'UTC', false)";
        assertThat(assigned(sql)).isEqualTo(Map.of("timezone", "UTC"));
        assertThat(state(sql).has(StateTraits.ASSIGNS_BY_CALL)).isTrue();
        assertThat(assigned("SELECT pg_catalog.set_config('work_mem', '7MB', false)"))
                .isEqualTo(Map.of("work_mem", "7MB"));
        assertThat(state("SET TIME ZONE 'UTC'").has(StateTraits.ASSIGNS_BY_CALL))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET work_mem TO DEFAULT",
                "SET work_mem FROM CURRENT",
                "SET work_mem = 010",
                "SET work_mem = -1",
                "SET random_page_cost = 1.1",
                "SET work_mem = 7 + 1",
                "SET work_mem = '7MB', '8MB'",
                "SET work_mem = E'7MB'",
                "SET work_mem = 'it''s'",
                "SET application_name = 'm\u00fcnchen'",
                "SET application_name = ''",
                "SET LOCAL work_mem = '7MB'",
                "SET search_path = 'a'",
                "SET search_path TO a",
                "SET DateStyle = 'ISO'",
                "SET app.user = 'x'",
                "SET pgrouter.route = writer",
                "SET client_encoding = 'LATIN1'",
                "SET NAMES 'LATIN1'",
                "SET ROLE x",
                "SET SESSION AUTHORIZATION x",
                "SET default_transaction_isolation = 'serializable'",
                "SET transaction_isolation = 'serializable'",
                "SET TIME ZONE LOCAL",
                "SET TIME ZONE DEFAULT",
                "SET TIME ZONE -7",
                "SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE",
                "SET work_mem = '7MB'; SELECT 1",
                "BEGIN; SET work_mem = '7MB'; COMMIT",
                "SELECT set_config('work_mem', '7MB', true)",
                "SELECT set_config('work_mem', $1, false)",
                "SELECT set_config('work_mem', '7MB', false), f()",
                "SELECT set_config('work_mem', '7MB', false) FROM t",
                "SELECT set_config('search_path', 'a', false)",
                "SELECT other.set_config('work_mem', '7MB', false)"
            })
    void anyOtherValueIsAskedFor(String sql) {
        assertThat(state(sql).has(StateTraits.ASSIGNS)).isFalse();
        assertThat(scanner.assigned()).isEmpty();
    }

    @Test
    void aNameThatTheCatalogCallsSuspiciousMakesATextUnclear() {
        scanner.suspects(
                SuspectNames.of(Map.of("pg_advisory_unlock_all", SuspectNames.Suspect.of(Traits.WRITER)), false));
        assertThat(state("SELECT pg_advisory_unlock_all()").has(StateTraits.RESETS))
                .isFalse();
        assertThat(state("CLOSE ALL").has(StateTraits.RESETS)).isTrue();
    }
}

package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call may write unless it is that of a function of PostgreSQL's own of which it is known that it does not. */
final class HarmlessCallsTest {
    private static final List<String> KEYWORDS = List.of(
            "select",
            "from",
            "as",
            "with",
            "values",
            "cast",
            "current_timestamp",
            "ilike",
            "decimal",
            "numeric",
            "varchar",
            "xmlelement",
            "xmlforest");

    private static final List<String> SERVERS = Stream.concat(
                    Arrays.stream(BuiltIns.NAMES.split(" ")),
                    Stream.of(
                            "lower",
                            "count",
                            "now",
                            "nextval",
                            "pg_notify",
                            "lo_create",
                            "query_to_xml",
                            "ts_debug",
                            "int4"))
            .filter(name -> !KEYWORDS.contains(name))
            .toList();

    private final SqlScanner scanner = new SqlScanner();

    private static Functions functions() {
        return new Functions(
                new Functions.OfServer(FunctionNames.of(SERVERS), FunctionNames.of(KEYWORDS)),
                Map.of("encode", Map.of(20000L, "700"), "initcap", Map.of(20001L, "700")),
                Set.of(),
                Map.of(),
                Optional.empty());
    }

    private long scan(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return scanner.scan(text, 0, text.length, true);
    }

    private long scanWithCatalog(String sql) {
        Functions functions = functions().without(Set.of("initcap"), Set.of());
        scanner.suspects(SuspectNames.of(Map.of(), false).among(functions));
        return scan(sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT jsonb_set(a, '{b}', '1') FROM t",
                "SELECT JSONB_SET(a, '{b}', '1') FROM t",
                "SELECT \"jsonb_set\"(a, '{b}', '1') FROM t",
                "SELECT pg_catalog.jsonb_set(a, '{b}', '1'), pg_catalog.lower(b) FROM t",
                "SELECT array_position(a, 1), to_tsvector('simple', b) @@ plainto_tsquery($1) FROM t",
                "SELECT e FROM t, jsonb_array_elements(t.a) AS e",
                "SELECT a::decimal(10,2), CAST(b AS varchar(3)), c::public.geometry(Point, 4326) FROM t",
                "SELECT a FROM t WHERE b ILIKE ('x')",
                "SELECT current_timestamp(3), CURRENT_TIMESTAMP (3)",
                "WITH q(a, b) AS (SELECT 1, 2), r(c) AS (SELECT 3) SELECT * FROM q, r",
                "SELECT * FROM (VALUES (1, 2)) AS v(a, b)",
                "SELECT * FROM (VALUES (1, 2)) v (a, b)",
                "SELECT xmlelement(name a, xmlforest(b)) FROM t",
                "SELECT initcap('a')"
            })
    void aCallOfAHarmlessFunctionDoesNotWrite(String sql) {
        assertThat(Traits.has(scanWithCatalog(sql), Traits.MAY_WRITE | Traits.WRITER))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT encode(a, 'hex') FROM t",
                "SELECT \"encode\"(a, 'hex') FROM t",
                "SELECT pg_catalog.encode(a, 'hex') FROM t",
                "SELECT public.initcap('a')",
                "SELECT public.jsonb_set(a, '{b}', '1') FROM t",
                "SELECT pg_catalog.nextval('s')",
                "SELECT \"JSONB_SET\"(a) FROM t",
                "SELECT \"decimal\"(1)",
                "SELECT made(1)",
                "SELECT lo_create(1)",
                "SELECT pg_notify('a', 'b')",
                "SELECT query_to_xml('SELECT f()', true, true, '')",
                "SELECT ts_debug('a')",
                "SELECT int8range(made(1), 2)",
                "WITH q AS (SELECT 1) SELECT * FROM q, made(1) AS (b int)"
            })
    void anyOtherCallMayWrite(String sql) {
        assertThat(Traits.has(scanWithCatalog(sql), Traits.MAY_WRITE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT jsonb_set(a, '{b}', '1')", "SELECT date(a)", "SELECT a::decimal(10,2)", "SELECT made(1)"
            })
    void withoutTheCatalogSuchANameMayBeThatOfAUsersFunction(String sql) {
        assertThat(Traits.has(scan(sql), Traits.MAY_WRITE)).isTrue();
        assertThat(Traits.has(scan("SELECT lower(a), count(*) FROM t"), Traits.MAY_WRITE))
                .isFalse();
    }

    @Test
    void noNameIsListedThatMeansSomethingElse() {
        assertThat(BuiltIns.NAMES.split(" "))
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(word(name)).isEqualTo(Word.BUILT_IN));
    }

    private static Word word(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return Vocabulary.lookup(bytes, 0, bytes.length, SuspectNames.hash(name), true);
    }
}

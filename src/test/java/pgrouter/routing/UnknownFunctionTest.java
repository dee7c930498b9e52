package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call of a name that nobody knows is for the writer, and what only looks like one is not. */
final class UnknownFunctionTest {
    private static final List<String> SERVERS = List.of(
            ("count lower upper sum max min coalesce length date_trunc row_number rank now generate_series unnest format_type"
                            + " pg_get_expr array_agg json_agg json_build_object to_char date_part regexp_replace left"
                            + " _pg_expandarray pg_get_indexdef pg_table_is_visible current_schemas string_agg position numeric"
                            + " varchar bernoulli percentile_cont date timestamp")
                    .split(" "));
    private static final List<String> KEYWORDS = List.of(
            ("select from where and or not in any all some as on using union intersect except order group having limit"
                            + " offset values with distinct case when then else end array row exists cast coalesce nullif greatest"
                            + " least extract substring trim overlay position treat numeric decimal dec varchar char character bit"
                            + " time timestamp interval float int integer smallint bigint real boolean between like ilike similar"
                            + " join inner left right full cross natural outer lateral for fetch grouping only returning window"
                            + " analyze xmlelement xmlforest")
                    .split(" "));
    private static final Functions FUNCTIONS = new Functions(
            new Functions.OfServer(FunctionNames.of(SERVERS), FunctionNames.of(KEYWORDS)),
            Map.of("own", Map.of(20000L, "700"), "Own", Map.of(20001L, "700"), "überall", Map.of(20002L, "700")),
            Set.of("shown"),
            Map.of("rshown", Set.of("fown")),
            Optional.empty());

    private final SqlScanner scanner = new SqlScanner();

    private long scan(String sql) {
        scanner.suspects(SuspectNames.of(Map.of(), false).among(FUNCTIONS));
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return scanner.scan(text, 0, text.length, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT made()",
                "SELECT made (1)",
                "SELECT \"made\"(1)",
                "SELECT \"COUNT\"(1)",
                "SELECT \"select\"(1)",
                "SELECT public.made(1)",
                "SELECT public.lower(x) FROM t",
                "SELECT \"PG_CATALOG\".lower(x) FROM t",
                "SELECT pg_catalog.made(x) FROM t",
                "SELECT pg_catalog.lower(made(x)) FROM t",
                "SELECT * FROM made(1) AS t(a)",
                "SELECT * FROM a, made(1) AS (b int)",
                "WITH q AS (SELECT 1) SELECT * FROM q, made(1) AS (b int)",
                "WITH q AS (SELECT 1) SELECT 1, made(1) AS x",
                "SELECT DISTINCT ON (a) made(a) FROM t",
                "SELECT DISTINCT ON ((a), (b)) made(a) FROM t",
                "SELECT 1 OPERATOR(pg_catalog.+) made(1)",
                "SELECT 1 WHERE a IN (SELECT made(1))",
                "SELECT a FROM t ORDER BY made(a)",
                "SELECT a FROM t GROUP BY made(a)",
                "SELECT CASE WHEN made(1) THEN 1 END",
                "SELECT a::text || made(a) FROM t",
                "SELECT a::numeric(10, 2) + made(a) FROM t",
                "SELECT rollup(a) FROM t",
                "SELECT by(a) FROM t",
                "SELECT 'a' LIKE made('a')",
                "SELECT a[1] + made(1) FROM t",
                "VALUES (made(1))",
                "EXPLAIN ANALYZE SELECT made(1)",
                "COPY (SELECT made(1)) TO STDOUT",
                "SELECT own(made(1))",
                "SELECT ÜBERALL(1)"
            })
    void aCallOfANameThatNobodyKnowsIsForTheWriter(String sql) {
        assertThat(Traits.has(scan(sql), Traits.UNKNOWN_FUNCTION)).isTrue();
        assertThat(Traits.has(scan(sql), Traits.WRITER)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT COUNT(*) FROM t",
                "SELECT \"t\".\"id\", \"t\".\"name\" FROM \"t\" WHERE \"t\".\"id\" IN ($1, $2) ORDER BY (\"t\".\"id\") LIMIT 1",
                "SELECT COUNT(\"t\".\"id\") AS \"__count\" FROM \"t\" WHERE (\"t\".\"a\" AND NOT (\"t\".\"b\"))",
                "SELECT CAST(a AS numeric(10, 2)), a::varchar(20), a::public.geometry(Point, 4326), CAST(b AS vector(3)) FROM t",
                "SELECT DATE_TRUNC('day', t.at AT TIME ZONE 'UTC')::date, EXTRACT('year' FROM t.at) FROM t",
                "SELECT anon_1.a FROM (SELECT t.a AS a FROM t) AS anon_1(a) WHERE anon_1.a = ANY (ARRAY[1, 2])",
                "SELECT * FROM (VALUES (1, 2), (3, 4)) AS t (a, b)",
                "SELECT * FROM (VALUES (1, 2)) t(a, b) JOIN LATERAL (SELECT 1) u(c) ON (true)",
                "SELECT * FROM generate_series(1, 10) g(n), unnest(ARRAY[1]) WITH ORDINALITY AS u(x, i)",
                "SELECT * FROM unnest(ARRAY[1]) WITH ORDINALITY u(x, i)",
                "WITH RECURSIVE tree(id, parent) AS (SELECT 1, 2 UNION ALL SELECT id, parent FROM tree) SELECT * FROM tree",
                "WITH a(x) AS (SELECT 1), b(y) AS MATERIALIZED (SELECT 2), c(z) AS NOT MATERIALIZED (SELECT 3) SELECT * FROM a",
                "SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM t WINDOW w AS (PARTITION BY (a))",
                "SELECT count(*) FILTER (WHERE a), percentile_cont(0.5) WITHIN GROUP (ORDER BY (a)) FROM t",
                "SELECT a FROM t GROUP BY ROLLUP (a)",
                "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())",
                "SELECT a FROM t WHERE a LIKE ('x') OR b ILIKE ('y') OR c BETWEEN (1) AND (2)",
                "SELECT (a).b, t.c, (SELECT max(x) FROM u) FROM t",
                "SELECT * FROM a LEFT JOIN (SELECT 1) AS b ON (true) INNER JOIN c USING (id)",
                "SELECT * FROM t TABLESAMPLE bernoulli (10) REPEATABLE (1)",
                "SELECT pg_catalog.format_type(a.atttypid, a.atttypmod), \"pg_catalog\".pg_get_expr(d.adbin, d.adrelid) FROM t",
                "SELECT (information_schema._pg_expandarray(i.indkey)).n FROM i",
                "SELECT COALESCE(sum(a), 0), NULLIF(a, b), GREATEST(a, b), left(a, 1) FROM t",
                "COPY public.t (a, b) TO STDOUT",
                "COPY (SELECT count(*) FROM t) TO STDOUT WITH (FORMAT csv)",
                "SELECT a FROM t FOR UPDATE",
                "SELECT 1 IN (1), NOT EXISTS (SELECT 1)",
                "EXPLAIN (COSTS off) SELECT made(1)",
                "EXPLAIN ANALYZE WITH a(x) AS (SELECT 1), b(y) AS (SELECT 2) SELECT * FROM a"
            })
    void whatIsNoCallOfSuchANameIsNot(String sql) {
        assertThat(Traits.has(scan(sql), Traits.UNKNOWN_FUNCTION | Traits.CALLS))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT own(1)",
                "SELECT OWN(1)",
                "SELECT \"Own\"(1)",
                "SELECT any_schema.own(1)",
                "SELECT (t).own FROM t",
                "SELECT t.own FROM t",
                "SELECT überall(1)",
                "SELECT * FROM shown",
                "SELECT * FROM public.\"shown\""
            })
    void aCallOfAUsersFunctionIsNoticed(String sql) {
        assertThat(Traits.has(scan(sql), Traits.CALLS)).isTrue();
        assertThat(Traits.has(scan(sql), Traits.UNKNOWN_FUNCTION)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT own FROM t", "SELECT 1 AS own", "SELECT lower(own) FROM t"})
    void aColumnThatIsCalledLikeAFunctionIsNoCall(String sql) {
        assertThat(Traits.has(scan(sql), Traits.CALLS)).isFalse();
    }
}

package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fingerprint of a text does not depend on the number of elements of its lists of literals. */
final class ListFoldingTest {
    private final SqlScanner scanner = new SqlScanner();

    private long fingerprint(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        scanner.scan(text, 0, text.length, true);
        return scanner.fingerprint();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SELECT a FROM t WHERE b = 1 | SELECT a FROM t WHERE b = 'x'
        SELECT a FROM t WHERE b IN (1) | SELECT a FROM t WHERE b IN (1, 2, 3)
        SELECT a FROM t WHERE b IN ($1, $2) AND c = 1 | SELECT a FROM t WHERE b IN ($1, $2, $3) AND c = 1
        SELECT a FROM t WHERE b IN ($1::INTEGER, $2::INTEGER) | SELECT a FROM t WHERE b IN ($1::INTEGER)
        SELECT a FROM t WHERE b IN (-1, -2) | SELECT a FROM t WHERE b IN (-1)
        SELECT a FROM t WHERE (b, c) IN ((1, 'a'), (2, 'b')) | SELECT a FROM t WHERE (b, c) IN ((1, 'a'))
        SELECT a FROM t WHERE b = ANY (ARRAY[1, 2]) | SELECT a FROM t WHERE b = ANY (ARRAY[1])
        INSERT INTO t VALUES (1, 2) | INSERT INTO t VALUES (1, 2), (3, 4), (5, 6)
        INSERT INTO t (a, b) VALUES ($1, $2) RETURNING a | INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) RETURNING a
        INSERT INTO t VALUES ($1::int, $2::text) | INSERT INTO t VALUES ($1::int, $2::text), ($3::int, $4::text)
        SELECT f((((1, 2)))) | SELECT f((((1, 2, 3))))""")
    void textsWithListsOfDifferentLengthsAreAlike(String one, String other) {
        assertThat(fingerprint(one)).isEqualTo(fingerprint(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SELECT a FROM t WHERE b IN (1) | SELECT a FROM t WHERE b IN (c)
        SELECT a FROM t WHERE b IN (1, c) | SELECT a FROM t WHERE b IN (1, 2)
        SELECT a, b FROM t | SELECT b, a FROM t
        SELECT a, b FROM t | SELECT a FROM t
        SELECT f(a, 1) | SELECT f(1, a)
        SELECT f(1) | SELECT f()
        SELECT f(), g() | SELECT f()
        SELECT f(1), f(1) | SELECT f(1), g(1)
        SELECT f(g(1), 2) | SELECT f(g(1, 2))
        SELECT (1), a | SELECT (1), (1) + a
        SELECT (a) | SELECT [a]
        SELECT ((a)) | SELECT (a)
        VALUES (1), (a) | VALUES (1)
        VALUES (1, a) | VALUES (1), (a)
        INSERT INTO t VALUES (1) | INSERT INTO u VALUES (1)
        SELECT (a | SELECT a
        SELECT a) | SELECT a""")
    void textsThatDifferOtherwiseAreNot(String one, String other) {
        assertThat(fingerprint(one)).isNotEqualTo(fingerprint(other));
    }

    @Test
    void listsBelowTheDeepestCountWithAllTheirTokens() {
        String open = "(".repeat(100);
        String close = ")".repeat(100);
        long deep = fingerprint("SELECT " + open + "1, 2" + close + ", 3");
        assertThat(deep).isEqualTo(fingerprint("SELECT " + open + "3, 4" + close + ", 5"));
        assertThat(deep).isNotEqualTo(fingerprint("SELECT " + open + "1" + close + ", 3"));
        assertThat(deep).isNotEqualTo(fingerprint("SELECT " + open + "1, 2" + close + ", a"));
        assertThat(fingerprint(")".repeat(100) + "(1, 2)")).isEqualTo(fingerprint(")".repeat(100) + "(1)"));
    }
}

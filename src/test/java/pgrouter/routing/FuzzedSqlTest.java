package pgrouter.routing;

import org.junit.jupiter.api.Test;
import pgrouter.testing.Fuzz;

/** Any bytes in front of the scanner of SQL texts, which has an answer for all of them. */
class FuzzedSqlTest {
    @Test
    void texts() throws Exception {
        SqlScanner scanner = new SqlScanner();
        Fuzz.of("SQL scanner")
                .from(
                        "SELECT * FROM t WHERE a = 'it''s' AND b = E'\\'' -- comment",
                        "WITH x AS (INSERT INTO t VALUES ($1) RETURNING *) SELECT * FROM x FOR UPDATE",
                        "BEGIN; SET LOCAL a.b TO 'c'; SELECT set_config('x', 'y', true); COMMIT AND CHAIN",
                        "DO $body$ BEGIN PERFORM f(1); END $body$; /* a /* nested */ comment */ SELECT U&\"d\\0061\"",
                        "EXPLAIN (ANALYZE false, BUFFERS) EXECUTE p(1, 2)",
                        "PREPARE p AS SELECT nextval('s'); /* pgrouter: writer */ COPY t FROM STDIN")
                .with(
                        "'",
                        "\"",
                        "$$",
                        "$a$",
                        "--",
                        "/*",
                        "*/",
                        "E'",
                        "U&'",
                        "\\",
                        ";",
                        "\0",
                        "(",
                        ")",
                        "::",
                        " SELECT ",
                        " SET ")
                .feed(text -> {
                    scanner.scan(text, 0, text.length, true);
                    scanner.fingerprint();
                    scanner.scan(text, 0, text.length, false);
                    scanner.scanPrepared(text, 0, text.length, true);
                    scanner.settings();
                    scanner.statements();
                    scanner.executed();
                });
    }
}

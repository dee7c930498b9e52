package pgrouter.routing;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Asks a server whether functions are the ones that were read: all that have one of these names, each with the
 * transaction that has written its row. Immutable. Any thread.
 *
 * @param query in ASCII, and with every name qualified: it runs with the session's search_path and encoding
 * @param expected the one value of its only row, where nothing has changed
 */
public record FunctionCheck(String query, String expected) {
    static FunctionCheck of(Collection<String> names, String expected) {
        String list = names.stream().map(FunctionCheck::literal).collect(Collectors.joining(","));
        String query =
                "SELECT pg_catalog.string_agg(pg_catalog.concat(oid, ':', xmin), ',' ORDER BY oid) FROM pg_catalog.pg_proc"
                        + " WHERE proname OPERATOR(pg_catalog.=) ANY (ARRAY[" + list + "]::pg_catalog.name[])"
                        + " AND oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid"
                        + " AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace)";
        return new FunctionCheck(query, expected);
    }

    /** An E'' literal, which means the same whatever the session's standard_conforming_strings. */
    private static String literal(String name) {
        StringBuilder literal = new StringBuilder("E'");
        name.codePoints().forEach(letter -> {
            if (letter == '\'' || letter == '\\') {
                literal.append('\\').append((char) letter);
            } else if (letter >= ' ' && letter <= '~') {
                literal.append((char) letter);
            } else {
                literal.append("\\U%08x".formatted(letter));
            }
        });
        return literal.append('\'').toString();
    }
}

package pgrouter.truth;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One row of the table: a statement, what the session has done before, and where it has to run.
 *
 * @param id ends in {@code .s} for the simple protocol, {@code .x} for the extended one and {@code .batch} for a pipeline
 * @param before steps of the form {@code both: SQL} or {@code primary session only: SQL}, which here are the same session's, and
 *     {@code admin: SQL} of somebody else
 */
record Row(String id, String group, String sql, String protocol, List<String> before, String route) {
    private static final String SEPARATOR = "; (?=both: |primary session only: |admin: )";

    static List<Row> all(Map<String, String> places) {
        return resource("routing-truth.tsv")
                .lines()
                .skip(1)
                .map(line -> of(fill(line, places).split("\t", -1)))
                .toList();
    }

    static String setup(Map<String, String> places) {
        return fill(resource("routing-truth-setup.sql"), places);
    }

    private static Row of(String[] columns) {
        List<String> steps = columns[4].isEmpty() ? List.of() : Arrays.asList(columns[4].split(SEPARATOR));
        return new Row(columns[0], columns[1], unescaped(columns[2]), columns[3], steps, columns[5]);
    }

    /** White space and backslashes are written as in C. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
            plain.append(escape ? escaped(text.charAt(++i)) : text.substring(i, i + 1));
        }
        return plain.toString();
    }

    private static String escaped(char letter) {
        return switch (letter) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'f' -> "\f";
            case 'r' -> "\r";
            case 'v' -> "\u000b";
            case '\\' -> "\\";
            default -> "\\" + letter;
        };
    }

    private static String fill(String text, Map<String, String> places) {
        String filled = text;
        for (Map.Entry<String, String> place : places.entrySet()) {
            filled = filled.replace(place.getKey(), place.getValue());
        }
        return filled;
    }

    private static String resource(String name) {
        try (InputStream in = Row.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isExtended() {
        return protocol.equals("extended");
    }
}

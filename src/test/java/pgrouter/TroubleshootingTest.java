package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pgrouter.protocol.SqlState;

/** {@code troubleshooting.md} has every message that the sources make for a client or a warning, and no other. */
final class TroubleshootingTest {
    private static final Path PAGE = Path.of("src/docs/troubleshooting.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(?<message>[^`]+)` \\| (?<code>\\w+) \\|");

    private static final Pattern CALL = Pattern.compile(
            "SessionException\\s*\\.(?:fatal|unsupported)\\("
                    + "|ErrorResponse\\s*\\.fatal\\(|LOG\\.(?:warn|error)\\(|\\b(?:refused|refusal)\\(|\\bfailed\\((?=\\s*SqlState)");

    /** A constant of an enum, as in {@code Loss}. */
    private static final Pattern CONSTANT = Pattern.compile("SqlState\\.(?<name>[A-Z_]+),\\s*\"(?<text>[^\"]+)\"");

    private static final Pattern LITERAL = Pattern.compile("\"(?<text>(?:[^\"\\\\\\n]|\\\\.)*+)\"");
    private static final Pattern NAME = Pattern.compile("(?<![.\\w\"])[a-z]\\w*(?![\\w(\"])");
    private static final Pattern HOLE = Pattern.compile("%\\w|\\.\\.\\.");

    /** Calls that hand on words which are made elsewhere: there the test finds them. */
    private static final Set<String> HANDING_ON = Set.of(
            "Authentication",
            "ClientLogin",
            "ConnectionLimits",
            "Login",
            "NoPrimaryException",
            "ReplyMessages",
            "RequestRun",
            "ServerLoss",
            "Session",
            "SessionException",
            "StrayChanges",
            "Supervisor");

    /** @param code empty where the source does not say it beside the words */
    private record Words(String source, String text, String code) {}

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static String nameOf(Path source) {
        return source.getFileName().toString().replace(".java", "");
    }

    /** What stands between an opening parenthesis and its closing one. */
    private static String arguments(String text, int start) {
        int depth = 1;
        int at = start;
        Matcher literal = LITERAL.matcher(text);
        while (depth > 0) {
            if (text.charAt(at) == '"' && literal.find(at)) {
                at = literal.end();
                continue;
            }
            depth += switch (text.charAt(at)) {
                case '(' -> 1;
                case ')' -> -1;
                default -> 0;
            };
            at++;
        }
        return text.substring(start, at - 1);
    }

    /** The literals of an expression, and of the variables in it. */
    private static List<String> literals(String expression, String source) {
        List<String> found = new ArrayList<>(fragments(expression));
        for (String name : NAME.matcher(LITERAL.matcher(expression).replaceAll(""))
                .results()
                .map(m -> m.group())
                .toList()) {
            Matcher value = Pattern.compile("String " + name + " =([^;]*);").matcher(source);
            while (value.find()) {
                found.addAll(fragments(value.group(1)));
            }
        }
        return found;
    }

    private static List<String> fragments(String expression) {
        return LITERAL.matcher(expression)
                .results()
                .map(match -> match.group(1).replace("\\\"", "\""))
                .flatMap(HOLE::splitAsStream)
                .map(String::strip)
                .filter(text -> text.contains(" ") && text.length() > 6)
                .toList();
    }

    private static String code(String arguments) {
        Matcher constant = Pattern.compile("SqlState\\.([A-Z_]+)").matcher(arguments);
        try {
            return constant.find()
                    ? (String) SqlState.class.getField(constant.group(1)).get(null)
                    : "";
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static List<Words> words(Path file, Set<String> without) throws IOException {
        String source = Files.readString(file);
        List<Words> words = new ArrayList<>();
        Matcher call = CALL.matcher(source);
        while (call.find()) {
            if (call.group().equals("refused(") && !source.contains("SqlState.")) {
                continue;
            }
            String arguments = arguments(source, call.end());
            List<String> literals = literals(arguments, source);
            if (literals.isEmpty() && call.group().contains(".")) {
                without.add(nameOf(file));
            }
            literals.forEach(text -> words.add(new Words(nameOf(file), text, code(arguments))));
        }
        Matcher constant = CONSTANT.matcher(source);
        while (constant.find()) {
            fragments("\"" + constant.group("text") + "\"")
                    .forEach(text -> words.add(new Words(nameOf(file), text, code(constant.group()))));
        }
        return words;
    }

    private static List<Map.Entry<String, String>> rows() throws IOException {
        return ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> Map.entry(row.group(1), row.group(2)))
                .toList();
    }

    @Test
    void everyMessageOfTheSourcesIsOnThePageWithItsCode() throws IOException {
        List<Map.Entry<String, String>> rows = rows();
        Set<String> without = new TreeSet<>();
        List<Words> missing = new ArrayList<>();
        int found = 0;
        for (Path file : sources()) {
            for (Words words : words(file, without)) {
                found++;
                boolean there = rows.stream()
                        .anyMatch(row -> row.getKey().contains(words.text())
                                && (words.code().isEmpty() || row.getValue().equals(words.code())));
                if (!there) {
                    missing.add(words);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(40);
        assertThat(without).isEqualTo(new TreeSet<>(HANDING_ON));
    }

    @Test
    void everyMessageOfThePageIsInTheSources() throws IOException {
        String all = sources().stream().map(TroubleshootingTest::said).collect(Collectors.joining("\n"));
        List<String> invented = rows().stream()
                .flatMap(row -> HOLE.splitAsStream(row.getKey()))
                .map(String::strip)
                .filter(text -> text.length() > 6 && !all.contains(text))
                .toList();
        assertThat(rows()).isNotEmpty();
        assertThat(invented).isEmpty();
    }

    /** The literals of a source, each whole where it is continued on the next line. */
    private static String said(Path source) {
        try {
            String joined = Files.readString(source).replaceAll("\"\\s*\\+\\s*\"", "");
            return LITERAL.matcher(joined)
                    .results()
                    .map(match -> match.group(1).replace("\\\"", "\""))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

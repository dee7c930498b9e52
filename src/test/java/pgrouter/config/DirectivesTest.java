package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The manual, the README and the annotated sample describe the directives that are declared, with their defaults, and say which of
 * them need a restart.
 */
final class DirectivesTest {
    private static final Pattern CHOICE = Pattern.compile("expected one of ([a-z0-9, ]+), found");
    private static final Path MANUAL = Path.of("src/docs/man/pgrouter.conf.5");
    private static final String NO_DIRECTIVE = "xxxxxxxxxxxxxxxxxxxx";

    /** The content of one document: the default of each directive as it is written, empty if the document says it in words. */
    private record Described(Map<String, Optional<String>> defaults) {
        Set<String> directives() {
            return new TreeSet<>(defaults.keySet());
        }
    }

    private static List<Entry.Declared> declared() {
        return Directives.ALL.declared("").toList();
    }

    private static Set<String> names(Predicate<Entry.Declared> which) {
        return declared().stream()
                .filter(which)
                .map(Entry.Declared::directive)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> known() {
        return names(each -> true);
    }

    /** Returns the directives that the parser lists when it is given an unknown one. */
    private static Set<String> accepted() {
        Set<String> all = new TreeSet<>();
        for (String key : choice(NO_DIRECTIVE)) {
            all.add(key);
            choice(head(key) + " { " + NO_DIRECTIVE + " }").forEach(inner -> all.add(key + " " + inner));
        }
        return all;
    }

    private static List<String> choice(String text) {
        return Texts.problemsOf(text).stream()
                .map(CHOICE::matcher)
                .filter(Matcher::find)
                .flatMap(found -> Stream.of(found.group(1).split(", ")))
                .toList();
    }

    private static String head(String block) {
        return switch (block) {
            case "backend" -> "backend node";
            case "http" -> "http h";
            default -> block;
        };
    }

    /** The directive in the least that is around it, as a whole file. */
    private static String file(String directive, String text) {
        String block = directive.contains(" ") ? directive.substring(0, directive.indexOf(' ')) : "";
        String before = directive.equals("authdb") ? "" : "authdb a\n";
        String around = switch (block) {
            case "" -> text;
            case "backend" -> "";
            case "console" -> text.equals("") ? "" : "console { " + text + " }";
            case "http" -> "http h { " + text + " }";
            case "tls" -> "tls { cert a; key b; " + text + " }";
            default -> block + " { " + text + " }";
        };
        return before + around + "\nbackend db1 { " + (block.equals("backend") ? text : "") + " }\n";
    }

    private static String key(String directive) {
        return directive.substring(directive.indexOf(' ') + 1);
    }

    private static Described manual() throws IOException {
        Map<String, Optional<String>> defaults = new LinkedHashMap<>();
        String block = "";
        String directive = "";
        boolean value = false;
        for (String line : Files.readAllLines(MANUAL)) {
            if (line.startsWith(".Ss Keys of ")) {
                block = line.substring(".Ss Keys of ".length()) + " ";
            } else if (line.startsWith(".It Ic ")) {
                directive = block + line.split(" ")[2];
                defaults.put(directive, Optional.empty());
            } else if (value) {
                String written = line.replaceFirst("^\\.Ql (.*) \\.$", "$1").replace("\\(dq", "\"");
                defaults.put(directive, Optional.of(written));
            }
            value = line.equals("Default:");
        }
        return new Described(defaults);
    }

    /** Rows as {@code | `key VALUE` | meaning | default |}, those of a block indented. */
    private static Described readme() throws IOException {
        Map<String, Optional<String>> defaults = new LinkedHashMap<>();
        String block = "";
        String text = Files.readString(Path.of("README.md"));
        String table = text.substring(text.indexOf("| directive | meaning | default |"));
        for (String line :
                table.substring(0, table.indexOf("\n\n")).lines().skip(2).toList()) {
            String[] cells = line.split("(?<!\\\\)\\|");
            boolean isInner = cells[1].contains("&nbsp;");
            List<String> keys = Pattern.compile("`([a-z]+)")
                    .matcher(cells[1])
                    .results()
                    .map(found -> found.group(1))
                    .distinct()
                    .toList();
            Matcher written = Pattern.compile("`([^`]+)`").matcher(cells[3]);
            List<String> values = new ArrayList<>();
            while (written.find()) {
                values.add(written.group(1));
            }
            if (cells[3].contains("empty")) {
                values.add("\"\"");
            }
            block = isInner ? block : keys.getFirst() + " ";
            for (int i = 0; i < keys.size(); i++) {
                String directive = (isInner ? block : "") + keys.get(i);
                Optional<String> value = i < values.size() ? Optional.of(values.get(i)) : Optional.empty();
                defaults.merge(directive, value, (first, second) -> first.isPresent() ? first : second);
            }
        }
        return new Described(defaults);
    }

    /** Active directives show their defaults; what is commented out with {@code #} directly before a word counts as described. */
    private static Described sample() throws IOException {
        Map<String, Optional<String>> defaults = new LinkedHashMap<>();
        String block = "";
        for (String line : Files.readAllLines(Path.of("conf/pgrouter.conf"))) {
            Matcher one = Pattern.compile("^( *)(#?)([a-z]+)(?: ([^ {][^{]*?))?(?: \\{(.*))?$")
                    .matcher(line);
            if (!one.matches()) {
                block = line.matches("#?\\}") ? "" : block;
                continue;
            }
            boolean isInner = !one.group(1).isEmpty();
            String directive = isInner ? block + one.group(3) : one.group(3);
            boolean isExample = !one.group(2).isEmpty() || one.group(4) == null || directive.equals("backend");
            Optional<String> value = isExample ? Optional.empty() : Optional.of(one.group(4));
            defaults.merge(directive, value, (first, second) -> first.isPresent() ? first : second);
            if (one.group(5) != null) {
                Pattern.compile("([a-z]+) [^;}]+")
                        .matcher(one.group(5))
                        .results()
                        .forEach(inner -> defaults.putIfAbsent(directive + " " + inner.group(1), Optional.empty()));
                block = one.group(5).contains("}") ? block : directive + " ";
            }
        }
        return new Described(defaults);
    }

    @Test
    void theParserAcceptsWhatIsDeclared() {
        assertThat(accepted())
                .contains("listen", "authdb", "health timeout", "backend lag", "tls cert", "clients user")
                .isEqualTo(known());
    }

    @Test
    void eachDirectiveIsDeclaredOnce() {
        assertThat(declared()).extracting(Entry.Declared::directive).doesNotHaveDuplicates();
    }

    @Test
    void eachDocumentDescribesAllOfThemAndNoOther() throws IOException {
        assertThat(manual().directives()).as("pgrouter.conf.5").isEqualTo(known());
        assertThat(readme().directives()).as("README.md").isEqualTo(known());
        assertThat(sample().directives()).as("conf/pgrouter.conf").isEqualTo(known());
    }

    @Test
    void theManualHasADefaultForEachDirectiveThatIsDeclaredWithOne() throws IOException {
        Set<String> written = new TreeSet<>();
        manual().defaults().forEach((directive, value) -> value.ifPresent(given -> written.add(directive)));
        assertThat(written).isEqualTo(names(each -> each.initial().isPresent()));
    }

    @Test
    void theManualSaysWhichDirectivesNeedARestart() throws IOException {
        Set<String> atRestart = new TreeSet<>();
        Set<String> atReload = new TreeSet<>();
        manualParts().forEach((directive, part) -> {
            if (part.contains("\nA change needs a restart.\n")) {
                atRestart.add(directive);
            }
            if (part.contains("\nA change takes effect on reload.\n")) {
                atReload.add(directive);
            }
        });
        assertThat(atRestart).isEqualTo(names(Entry.Declared::needsRestart));
        assertThat(atReload).isEqualTo(names(each -> !each.needsRestart()));
    }

    @Test
    void theReadmeSaysWhichDirectivesNeedARestart() throws IOException {
        String line = Files.readAllLines(Path.of("README.md")).stream()
                .filter(each -> each.endsWith(" need a restart."))
                .findFirst()
                .orElseThrow();
        assertThat(Pattern.compile("`([a-z]+)`").matcher(line).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        names(each -> each.needsRestart() && !each.directive().contains(" ")));
    }

    @Test
    void showConfigHasARowForEachDirective() throws ConfigException {
        Config config = Texts.parse("""
                authdb a; tls { cert c; key k }; route { writer function f; reader matching r }
                backend db1
                """);
        List<String> rows = config.settings()
                .map(row -> row.directive().replace("backend db1:5432", "backend") + " ")
                .toList();
        assertThat(known()).allSatisfy(directive -> assertThat(rows).anyMatch(row -> row.startsWith(directive + " ")));
    }

    @Test
    void theDefaultsOfTheManualAreThoseOfTheParser() throws IOException, ConfigException {
        for (Map.Entry<String, Optional<String>> entry : manual().defaults().entrySet()) {
            if (entry.getValue().isPresent()) {
                String directive = entry.getKey();
                assertThat(Texts.parse(file(
                                directive,
                                key(directive) + " " + entry.getValue().get())))
                        .as("default of " + directive)
                        .usingRecursiveComparison()
                        .ignoringFields("live.secrets")
                        .isEqualTo(Texts.parse(file(directive, "")));
            }
        }
    }

    @Test
    void theOtherDocumentsHaveTheSameDefaults() throws IOException {
        Map<String, Optional<String>> manual = manual().defaults();
        for (Map.Entry<String, Optional<String>> entry : readme().defaults().entrySet()) {
            boolean inherited =
                    entry.getKey().equals("backend timeout") || entry.getKey().equals("tls protocols");
            if (!inherited) {
                assertThat(entry.getValue()).as("README.md: " + entry.getKey()).isEqualTo(manual.get(entry.getKey()));
            }
        }
        for (Map.Entry<String, Optional<String>> entry : sample().defaults().entrySet()) {
            if (entry.getValue().isPresent() && manual.get(entry.getKey()).isPresent()) {
                assertThat(entry.getValue())
                        .as("conf/pgrouter.conf: " + entry.getKey())
                        .isEqualTo(manual.get(entry.getKey()));
            }
        }
    }

    /** Each example is valid, and changes something. A reload tells of a restart where the manual does. */
    @Test
    void theExamplesOfTheManualShowWhetherAReloadIsEnough() throws IOException, ConfigException {
        for (Map.Entry<String, String> entry : manualParts().entrySet()) {
            String directive = entry.getKey();
            String part = entry.getValue();
            Config with = Texts.parse(file(directive, example(part)));
            Config without = Texts.parse(directive.equals("authdb") ? "authdb a\nbackend db1" : file(directive, ""));
            assertThat(with).as(directive).isNotEqualTo(without);
            assertThat(!without.needsRestart(with).isEmpty())
                    .as("whether a change of " + directive + " needs a restart")
                    .isEqualTo(part.contains("\nA change needs a restart.\n"));
        }
    }

    private static String example(String part) {
        return part.substring(part.indexOf("\n.Dl ") + 5)
                .lines()
                .findFirst()
                .orElseThrow()
                .replace("\\(dq", "\"")
                .replace("\\(ha", "^");
    }

    /** Returns the text of the manual for each directive. */
    private static Map<String, String> manualParts() throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        String block = "";
        for (String part : Files.readString(MANUAL).split("(?m)^(?=\\.It Ic |\\.Ss |\\.Sh FILES)")) {
            if (part.startsWith(".Ss Keys of ")) {
                block = part.substring(".Ss Keys of ".length(), part.indexOf('\n')) + " ";
            }
            if (part.startsWith(".It Ic ")) {
                parts.put(block + part.split("[ \n]")[2], part);
            }
        }
        return parts;
    }

    @Test
    void theSampleForTwoNodesNeedsOnlyTheirAddresses() throws ConfigException {
        Config config = Config.read(Path.of("conf/two-nodes.conf"));
        assertThat(config.live().backends()).hasSize(2);
    }
}

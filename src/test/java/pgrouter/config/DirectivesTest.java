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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The manual, the README and the annotated sample describe the directives that there are, with the defaults that they have. Which
 * there are the parser says itself, where it is given one that is none.
 */
final class DirectivesTest {
    private static final Pattern CHOICE = Pattern.compile("expected one of ([a-z0-9, ]+), found");
    private static final String NO_DIRECTIVE = "xxxxxxxxxxxxxxxxxxxx";

    /** What one document says: the default of each directive as it is written, empty where it says that in words. */
    private record Described(Map<String, Optional<String>> defaults) {
        Set<String> directives() {
            return new TreeSet<>(defaults.keySet());
        }
    }

    /** All of them; that of a block behind its name: {@code health timeout}. */
    private static Set<String> known() {
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
        for (String line : Files.readAllLines(Path.of("src/docs/man/pgrouter.conf.5"))) {
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
    void theParserNamesItsDirectives() {
        assertThat(known()).contains("listen", "authdb", "health timeout", "backend lag", "tls cert", "clients user");
    }

    @Test
    void eachDocumentDescribesAllOfThemAndNoOther() throws IOException {
        assertThat(manual().directives()).as("pgrouter.conf.5").isEqualTo(known());
        assertThat(readme().directives()).as("README.md").isEqualTo(known());
        assertThat(sample().directives()).as("conf/pgrouter.conf").isEqualTo(known());
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

    /** Each example is valid, and changes something; what is said of restarts is what a reload says. */
    @Test
    void theExamplesOfTheManualShowWhetherAReloadIsEnough() throws IOException, ConfigException {
        String text = Files.readString(Path.of("src/docs/man/pgrouter.conf.5"));
        String block = "";
        for (String part : text.split("(?m)^(?=\\.It Ic |\\.Ss |\\.Sh FILES)")) {
            if (part.startsWith(".Ss Keys of ")) {
                block = part.substring(".Ss Keys of ".length(), part.indexOf('\n')) + " ";
            }
            if (part.startsWith(".It Ic ")) {
                String directive = block + part.split("[ \n]")[2];
                String example = part.substring(part.indexOf("\n.Dl ") + 5)
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .replace("\\(dq", "\"")
                        .replace("\\(ha", "^");
                Config with = Texts.parse(file(directive, example));
                Config without =
                        Texts.parse(directive.equals("authdb") ? "authdb a\nbackend db1" : file(directive, ""));
                assertThat(with).as(directive).isNotEqualTo(without);
                assertThat(!without.needsRestart(with).isEmpty())
                        .as("whether a change of " + directive + " needs a restart")
                        .isEqualTo(part.contains("\nA change needs a restart.\n"));
                assertThat(part).contains("\nA change ");
            }
        }
    }

    @Test
    void theSampleForTwoNodesNeedsOnlyTheirAddresses() throws ConfigException {
        Config config = Config.read(Path.of("conf/two-nodes.conf"));
        assertThat(config.live().backends()).hasSize(2);
    }
}

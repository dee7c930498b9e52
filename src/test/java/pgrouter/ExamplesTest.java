package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.config.Config;
import pgrouter.testing.Examples;
import pgrouter.testing.Examples.Block;
import pgrouter.testing.Jar;

/** The examples of the README and the documentation that need no server. */
final class ExamplesTest {
    private static final Pattern AUTHDB = Pattern.compile("(?m)^authdb ");
    private static final Pattern BACKEND = Pattern.compile("(?m)^backend (?!default)");

    /** A program of the sources, and what follows it in its line. */
    private static final Pattern PROGRAM =
            Pattern.compile("(?m)^(?:sudo )?(?<program>(?:scripts|test-cluster)/[a-z-]+)(?<rest>.*)$");

    /** pgrouter, as a jar or as the command that is installed, and its arguments. */
    private static final Pattern PGROUTER = Pattern.compile(
            "(?m)(?:java -jar \\S*pgrouter\\.jar|^ *(?:sudo )?pgrouter)(?<arguments>(?: [^|<>#\\s]+)*)");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[A-Za-z][a-z-]*");

    /** All that are given at once. */
    private static final Pattern JAVA_OPTIONS =
            Pattern.compile("(?<=[`=])-X(?:X:|m[sx])[^\\s`\"]+(?: -X(?:X:|m[sx])[^\\s`\"]+)*");

    private static List<Block> blocks(String language) throws IOException {
        List<Block> found = Examples.all().stream()
                .filter(block -> block.language().equals(language))
                .toList();
        assertThat(found).isNotEmpty();
        return found;
    }

    @Test
    void eachIsOfAKindThatIsTried() throws IOException {
        assertThat(Examples.all())
                .allSatisfy(block ->
                        assertThat(block.language()).as(block.toString()).isIn("conf", "sh", "sql", "text"));
    }

    /** What is indented is an example too, and would not be found. */
    @Test
    void eachIsFenced() throws IOException {
        for (Path page : Examples.pages()) {
            assertThat(Files.readString(page)).as(page.toString()).doesNotContainPattern("\n\n {4}\\S");
        }
    }

    @Test
    void configurationsAreValid(@TempDir Path directory) throws IOException {
        for (Block block : blocks("conf")) {
            Path file = Files.writeString(directory.resolve("pgrouter.conf"), complete(block.text()));
            assertThatCode(() -> Config.read(file)).as(block.toString()).doesNotThrowAnyException();
        }
    }

    /** With the two directives that have no default, where it is about others. */
    private static String complete(String text) {
        String users = AUTHDB.matcher(text).find() ? "" : "authdb a\n";
        String backends = BACKEND.matcher(text).find() ? "" : "backend db1\n";
        return text + users + backends;
    }

    @Test
    void commandsAreThoseOfAShell() throws IOException, InterruptedException {
        for (Block block : blocks("sh")) {
            Process shell =
                    new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
            shell.getOutputStream().write(block.text().getBytes(StandardCharsets.UTF_8));
            shell.getOutputStream().close();
            String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).as(block + ": " + output).isZero();
        }
    }

    @Test
    void commandsNameProgramsThatAreThereAndOptionsThatTheyHave() throws IOException {
        for (Block block : blocks("sh")) {
            for (MatchResult command : PROGRAM.matcher(block.text()).results().toList()) {
                Path program = Path.of(command.group("program"));
                assertThat(program).as(block.toString()).isExecutable();
                assertThat(options(Files.readString(program)))
                        .as(block.toString())
                        .containsAll(options(command.group("rest")));
            }
        }
    }

    @Test
    void pgrouterUnderstandsItsArguments() throws IOException {
        List<String> given = new ArrayList<>();
        for (Block block : blocks("sh")) {
            PGROUTER.matcher(block.text()).results().forEach(command -> {
                String words = command.group("arguments").strip();
                given.add(words);
                assertThat(Arguments.of(words.isEmpty() ? new String[0] : words.split(" ")))
                        .as(block + ": " + words)
                        .isNotInstanceOf(Arguments.Misused.class);
            });
        }
        assertThat(given).contains("-t", "--probe", "-c /etc/pgrouter.conf", "passwd --import /etc/pgrouter/authdb");
    }

    @Test
    void theReadmeHasTheOptionsOfTheUsageAndNoOther() throws IOException {
        String readme = Files.readString(Examples.README);
        String table = readme.substring(readme.indexOf("| argument | meaning |"));
        String passwd = readme.substring(readme.indexOf("#### Passwords"), readme.indexOf("#### Users of the nodes"));
        Set<String> described = options(table.substring(0, table.indexOf("\n\n")) + passwd);
        assertThat(described).isEqualTo(options(Arguments.USAGE + " -jar"));
    }

    private static Set<String> options(String text) {
        Set<String> options = new TreeSet<>();
        OPTION.matcher(text).results().forEach(option -> options.add(option.group()));
        return options;
    }

    /** Those of the ahead-of-time cache are younger than some Java that the tests run on. */
    @Test
    void theOptionsOfJavaAreKnownToIt(@TempDir Path directory) throws IOException, InterruptedException {
        Set<String> options = new TreeSet<>();
        for (Path page : Examples.pages()) {
            JAVA_OPTIONS
                    .matcher(Files.readString(page))
                    .results()
                    .map(option -> option.group().replace("/var/cache", directory.toString()))
                    .filter(option ->
                            !option.contains("AOT") || Runtime.version().feature() >= 25)
                    .forEach(options::add);
        }
        assertThat(options).contains("-XX:+UseSerialGC", "-XX:+UseSerialGC -Xmx128m");
        for (String given : options) {
            List<String> command = new ArrayList<>(List.of(Jar.java()));
            command.addAll(List.of(given.split(" ")));
            command.add("-version");
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(given + ": " + output).isZero();
        }
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        Pattern link = Pattern.compile("]\\((?!https?:)(?<file>[^)#]*)(?:#(?<heading>[^)]*))?\\)");
        for (Path page : Examples.pages()) {
            for (MatchResult found :
                    link.matcher(Files.readString(page)).results().toList()) {
                Path directory = page.toAbsolutePath().getParent();
                Path target = found.group("file").isEmpty()
                        ? page
                        : directory.resolve(found.group("file")).normalize();
                assertThat(target).as(page + ": " + found.group()).exists();
                if (found.group("heading") != null) {
                    assertThat(headings(target)).as(page + ": " + found.group()).contains(found.group("heading"));
                }
            }
        }
    }

    /** As GitHub names them in links. */
    private static List<String> headings(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.filter(line -> line.startsWith("#"))
                    .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                    .map(line -> line.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                    .toList();
        }
    }
}

package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.config.Config;
import pgrouter.testing.Examples;
import pgrouter.testing.Examples.Block;

/** The examples of the documentation that need no server. */
final class ExamplesTest {
    private static final Pattern AUTHDB = Pattern.compile("(?m)^authdb ");
    private static final Pattern BACKEND = Pattern.compile("(?m)^backend (?!default)");
    private static final Pattern PROGRAM = Pattern.compile("(?m)^(?:scripts|test-cluster)/[a-z-]+");

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
    void commandsAreThoseOfAShellAndNameProgramsThatAreThere() throws IOException, InterruptedException {
        for (Block block : blocks("sh")) {
            Process shell =
                    new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
            shell.getOutputStream().write(block.text().getBytes(StandardCharsets.UTF_8));
            shell.getOutputStream().close();
            String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).as(block + ": " + output).isZero();
            assertThat(PROGRAM.matcher(block.text()).results())
                    .as(block.toString())
                    .allSatisfy(program -> assertThat(Path.of(program.group())).isExecutable());
        }
    }
}

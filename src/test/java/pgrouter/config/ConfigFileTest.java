package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
    @TempDir
    private Path directory;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("pgrouter.conf"), bytes);
    }

    private static void assertRefused(Path file, String problem) {
        assertThatThrownBy(() -> Config.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + problem);
    }

    @Test
    void relativePathsStartAtTheDirectoryOfTheFile() throws Exception {
        Path file = file("authdb users\nbackend db1".getBytes(StandardCharsets.UTF_8));
        assertThat(Config.read(file).live().users().file().orElseThrow()).isEqualTo(directory.resolve("users"));
    }

    @Test
    void theFileMayBeNamedRelativeToTheWorkingDirectory() throws Exception {
        Path file = file("authdb users\nbackend db1".getBytes(StandardCharsets.UTF_8));
        Path relative = Path.of("").toAbsolutePath().relativize(file);
        assertThat(Config.read(relative).live().users().file().orElseThrow()).isAbsolute();
        assertThat(Config.read(relative).live().users().file().orElseThrow().normalize())
                .isEqualTo(directory.resolve("users"));
    }

    @Test
    void problemsNameTheFile() throws IOException {
        assertRefused(
                file("authdb a\nbackend b c".getBytes(StandardCharsets.UTF_8)),
                ":2:11: expected the end of `backend`, found `c`");
    }

    @Test
    void aMissingFileIsOneProblem() {
        assertRefused(directory.resolve("none"), ":1:1: expected a readable file, found no such file");
    }

    @Test
    void aDirectoryIsOneProblem() {
        assertThatThrownBy(() -> Config.read(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(directory + ":1:1: expected a readable file, found ");
    }

    @Test
    void bytesThatAreNotUtf8AreOneProblemAtTheirPlace() throws IOException {
        assertRefused(
                file("authdb é\nuser caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)),
                ":1:8: expected UTF-8 text, found the byte 0xe9");
        assertRefused(
                file(new byte[] {'#', '\n', 'a', (byte) 0xc3, (byte) 0xa9, (byte) 0xff}),
                ":2:3: expected UTF-8 text, found the byte 0xff");
        assertRefused(file(new byte[] {'a', (byte) 0xc3}), ":1:2: expected UTF-8 text, found the byte 0xc3");
    }

    @Test
    void aFileThatIsFarTooLargeIsOneProblem() throws IOException {
        assertRefused(file(new byte[(1 << 20) + 1]), ":1:1: expected a file of at most 1 MiB, found a larger one");
    }

    @Test
    void aFileOfTheLargestSizeIsRead() throws Exception {
        String text = "authdb a\nbackend db1\n";
        Path file = file((text + " ".repeat((1 << 20) - text.length())).getBytes(StandardCharsets.UTF_8));
        assertThat(Config.read(file).live().backends()).hasSize(1);
    }
}

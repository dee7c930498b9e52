package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the password of the health role may stand. */
final class PasswordTest {
    @TempDir
    private Path directory;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("secret"), bytes);
    }

    private Path file(String text) throws IOException {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Config withPassword(Object value) throws ConfigException {
        return Texts.complete("health { password " + value + " }");
    }

    private static String problem(String value) {
        return Texts.problemsOf("health { password " + value + " }").getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"z\u00e9bra {;} #", "z\u00e9bra {;} #\n", "z\u00e9bra {;} #\r\n"})
    void inAFileItsLineBreakIsNoPartOfIt(String text) throws Exception {
        Path file = file(text);
        Config config = withPassword("file '" + file + "'");
        assertThat(config.live().health().password()).isEqualTo("z\u00e9bra {;} #");
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"), file);
    }

    @Test
    void allOfAFileIsPasswordButTheLastLineBreak() throws Exception {
        assertThat(withPassword("FILE '" + file(" a\nb \n\n") + "'")
                        .live()
                        .health()
                        .password())
                .isEqualTo(" a\nb \n");
    }

    @Test
    void itMayBeInTheEnvironment() throws ConfigException {
        Config config = withPassword("env PATH");
        assertThat(config.live().health().password()).isEqualTo(System.getenv("PATH"));
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"));
    }

    @ParameterizedTest
    @CsvSource({"file,file", "env,env", "'''file''',file", "zebra,zebra"})
    void aWordAloneIsThePassword(String written, String password) throws ConfigException {
        Config config = withPassword(written);
        assertThat(config.live().health().password()).isEqualTo(password);
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"), Path.of("f"));
    }

    @Test
    void ofSeveralTheLastOneCounts() throws Exception {
        Path file = file("zebra");
        Config config = Texts.complete("health { password a; password file '" + file + "' }");
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"), file);
        assertThat(withPassword("file '" + file + "'; password b")
                        .live()
                        .health()
                        .password())
                .isEqualTo("b");
    }

    @Test
    void whatCannotBeReadIsAProblemThatDoesNotShowTheName() throws IOException {
        assertThat(problem("file zebra"))
                .isEqualTo("f:1:24: expected a file that holds a password (no such file), found a hidden word");
        assertThat(problem("file '" + file("\n") + "'"))
                .isEqualTo("f:1:24: expected a file that holds a password (it holds none), found a hidden string");
        assertThat(problem("file '" + file(new byte[] {(byte) 0xff}) + "'")).contains("(it is not UTF-8)");
        assertThat(problem("file '" + file("a\0b") + "'")).contains("(it holds none)");
        assertThat(problem("file '" + file(new byte[100_000]) + "'")).contains("(it holds none)");
        assertThat(problem("file '" + directory + "'")).contains("(it cannot be read)");
        assertThat(problem("file ''")).contains("expected a file name, found a hidden string");
        assertThat(problem("env ZEBRA_IS_NOT_SET"))
                .isEqualTo(
                        "f:1:23: expected the name of a variable of the environment (it is not set), found a hidden word");
        assertThat(problem("env ''")).contains("(it is not set)");
    }

    @Test
    void nothingMayFollow() {
        assertThat(problem("env PATH more")).endsWith("expected the end of `password`, found a hidden word");
        assertThat(problem("zebra file x")).endsWith("expected the end of `password`, found a hidden word");
    }

    @Test
    void itIsNeverPrinted() throws Exception {
        assertThat(withPassword("file '" + file("zebra") + "'").toString()).doesNotContain("zebra");
        assertThat(Secret.inline("zebra")).hasToString("Secret[hidden]");
    }

    @Test
    void keysOfCertificatesAreSecretsToo() throws ConfigException {
        Config config = Texts.parse("""
                authdb a
                tls { cert c; key /k }
                backend db1 { tls on; cert d; key /l }
                """);
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"), Path.of("/k"), Path.of("/l"));
    }

    @Test
    void aPassphraseMakesTheFileASecretThatHoldsIt() throws ConfigException {
        Config config = Texts.complete("tls { cert c; key /k; passphrase p }");
        assertThat(config.live().secrets()).containsExactly(Path.of("/etc/pgrouter/a"), Path.of("/k"), Path.of("f"));
    }
}

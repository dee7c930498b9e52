package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.AuthDb;
import pgrouter.auth.AuthDbException;
import pgrouter.auth.Credential;
import pgrouter.testing.Jar;

/** {@code passwd} of the jar, from a script and at a terminal. */
@Timeout(60)
final class PasswdIT {
    private static final String HASH = "4d45974e13472b5a0be3533de4666414";
    private static final String VERIFIER = "SCRAM-SHA-256$4096:MJfoWGxSb/N6cw72YS0+MQ=="
            + "$XkE3PlXlegy+mt0bYDq8632OU34Xayfof2gqqfpMjjw=:ufPUjNO0/nzbbNyzmnY9PNFWEcW9zZ187hEfiNwKPLU=";

    @TempDir
    private Path directory;

    private record Ended(int code, String output, String errors) {}

    private Path file() {
        return directory.resolve("authdb");
    }

    private Path file(String text, String permissions) throws IOException {
        Files.writeString(file(), text);
        return Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(permissions));
    }

    private Credential.Entry entry(String user) throws AuthDbException {
        return AuthDb.read(file()).find(user).orElseThrow();
    }

    private boolean opens(String user, String password) throws AuthDbException {
        return AuthDb.EMPTY.isPassword(user, entry(user), password);
    }

    private static List<String> passwd(String... arguments) throws IOException {
        List<String> command = Jar.command("passwd");
        command.addAll(List.of(arguments));
        return command;
    }

    private Ended run(byte[] input, String... arguments) throws IOException, InterruptedException {
        Path errors = directory.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(passwd(arguments)).redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException endedBeforeItHasReadAll) {
            assertThat(input).isNotEmpty();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output, Files.readString(errors));
    }

    private Ended run(String input, String... arguments) throws IOException, InterruptedException {
        return run(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    @Test
    void aScriptMakesAnAuthdbWithOneUser() throws Exception {
        assertThat(run("p\u00e4ss word\nmore\n", file().toString(), "app"))
                .isEqualTo(new Ended(0, file() + ": 1 added, 0 changed\n", ""));
        assertThat(entry("app")).isInstanceOfSatisfying(Credential.Scram.class, scram -> {
            assertThat(scram.verifier().iterations()).isEqualTo(4096);
            assertThat(scram.verifier().salt()).hasSize(16);
        });
        assertThat(opens("app", "p\u00e4ss word")).isTrue();
        assertThat(opens("app", "pass word")).isFalse();
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void anotherPasswordReplacesTheLineAndNothingElse() throws Exception {
        file("# users\n\n app plain old # the app\nother  plain x", "rw-r-----");
        assertThat(run("password", "--md5", file().toString(), "app").output())
                .isEqualTo(file() + ": 0 added, 1 changed\n");
        assertThat(opens("app", "password")).isTrue();
        String hash = entry("app") instanceof Credential.Md5(String digits) ? digits : "";
        assertThat(Files.readString(file())).isEqualTo("# users\n\napp md5 " + hash + " # the app\nother  plain x");
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"my app", "#1", "it's \"x\"", "two\nlines", "--md5"})
    void aUserMayHaveAnyName(String user) throws Exception {
        assertThat(run("secret\n", file().toString(), "--", user).code()).isZero();
        assertThat(opens(user, "secret")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"'',the password is empty", "'\nx',the password is empty", "'\0x',the password has a zero byte"})
    void whatIsNoPasswordChangesNothing(String input, String message) throws Exception {
        file("app plain old\n", "rw-------");
        assertThat(run(input, file().toString(), "app")).isEqualTo(new Ended(1, "", "pgrouter: " + message + "\n"));
        assertThat(file()).hasContent("app plain old");
    }

    @Test
    void aPasswordIsUtf8AndOfALimitedLength() throws Exception {
        assertThat(run("p\u00e4ss".getBytes(StandardCharsets.ISO_8859_1), file().toString(), "app"))
                .isEqualTo(new Ended(1, "", "pgrouter: the password is not UTF-8\n"));
        assertThat(run("x".repeat(100_000), file().toString(), "app"))
                .isEqualTo(new Ended(1, "", "pgrouter: the password is longer than 65535 bytes\n"));
        assertThat(file()).doesNotExist();
    }

    @Test
    void aBrokenAuthdbIsLeftAlone() throws Exception {
        file("a plane secret\n", "rw-------");
        assertThat(run("x\n", file().toString(), "app"))
                .isEqualTo(
                        new Ended(1, "", file() + ":1:3: expected md5, scram-sha-256 or plain, found a hidden word\n"));
        assertThat(file()).hasContent("a plane secret");
    }

    @Test
    void aFileThatCannotBeWrittenIsSaidInOneLine() throws Exception {
        assertThat(run("x\n", directory.resolve("none/authdb").toString(), "app")
                        .errors())
                .isEqualTo("pgrouter: " + directory.resolve("none/authdb") + " cannot be written: no such directory\n");
        assertThat(run("x\n", directory.toString(), "app").errors())
                .isEqualTo("pgrouter: " + directory + " cannot be written: it is not a regular file\n");
    }

    @Test
    void aFileThatOthersMayReadIsOneWarning() throws Exception {
        file("", "rw-r--r--");
        assertThat(run("x\n", file().toString(), "app"))
                .isEqualTo(new Ended(
                        0,
                        file() + ": 1 added, 0 changed\n",
                        file() + " can be read by every user of this host: chmod 600 " + file() + "\n"));
    }

    @Test
    void usersOfPostgresqlAreImported() throws Exception {
        file("old plain x\nb plain y # b\n", "rw-------");
        assertThat(run("my app " + VERIFIER + "\nnobody \nb md5" + HASH + "\n", "--import", file().toString()))
                .isEqualTo(
                        new Ended(0, file() + ": 1 added, 1 changed\n", "nobody has no password, and is left out\n"));
        assertThat(file()).hasContent("old plain x\nb md5 " + HASH + " # b\n\"my app\" scram-sha-256 " + VERIFIER);
    }

    @Test
    void theUserlistOfPgbouncerIsImported() throws Exception {
        String list = "; users\n\"it\"\"s\" \"md5" + HASH + "\"\n\"b\" \"\"\n";
        assertThat(run(list, "--import", file().toString()).code()).isZero();
        assertThat(file()).hasContent("it\"s md5 " + HASH);
    }

    @Test
    void aListWithALineThatIsNotUnderstoodIsNotImported() throws Exception {
        file("a plain x\n", "rw-------");
        assertThat(run("a md5" + HASH + "\nb secret\n\"c\" \"secret\"\n", "--import", file().toString()))
                .isEqualTo(new Ended(1, "", """
                        stdin:2:3: expected an MD5 hash or a SCRAM verifier, found a hidden word
                        stdin:3:5: expected an MD5 hash or a SCRAM verifier, found a hidden word
                        """));
        assertThat(file()).hasContent("a plain x");
    }

    @Test
    void aListOfNobodyIsNotImported() throws Exception {
        assertThat(run("a \n", "--import", file().toString())).isEqualTo(new Ended(1, "", """
                        a has no password, and is left out
                        pgrouter: stdin has no user with a password
                        """));
        assertThat(file()).doesNotExist();
    }

    @Test
    void misuseShowsTheUsageAndNoPassword() throws Exception {
        Ended ended = run("", file().toString(), "app", "secret");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.errors())
                .contains("passwd needs FILE and USER", "Usage:")
                .doesNotContain("secret");
    }

    /** A command at a pseudo-terminal, which {@code script} of util-linux gives it. */
    private static final class Terminal implements AutoCloseable {
        private final Process process;
        private final InputStream screen;
        private final StringBuilder seen = new StringBuilder();

        Terminal(String locale, String command) throws IOException {
            ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null");
            builder.redirectErrorStream(true).environment().put("LC_ALL", locale);
            process = builder.start();
            screen = process.getInputStream();
        }

        /** The question is asked once what is typed is no longer shown. */
        void answer(String question, String answer) throws IOException {
            int start = seen.length();
            int next = 0;
            while (next >= 0 && seen.indexOf(question, start) < 0) {
                next = screen.read();
                seen.append((char) next);
            }
            process.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        Ended end() throws IOException, InterruptedException {
            seen.append(new String(screen.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), seen.toString().replace("\r", ""), "");
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private Terminal terminal(String locale, String more) throws IOException {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "script")));
        assumeTrue(installed, "script of util-linux is not installed");
        return new Terminal(locale, String.join(" ", passwd(file().toString(), "app")) + more);
    }

    @Test
    void atATerminalThePasswordIsAskedForTwiceAndNotShown() throws Exception {
        try (Terminal terminal = terminal("C.UTF-8", "")) {
            terminal.answer("Password for app: ", "s\u00e4cret");
            terminal.answer("Once more for app: ", "s\u00e4cret");
            assertThat(terminal.end())
                    .isEqualTo(new Ended(
                            0, "Password for app: \nOnce more for app: \n" + file() + ": 1 added, 0 changed\n", ""));
        }
        assertThat(opens("app", "s\u00e4cret")).isTrue();
    }

    @Test
    void twoPasswordsThatDifferChangeNothing() throws Exception {
        try (Terminal terminal = terminal("C.UTF-8", "")) {
            terminal.answer("Password for app: ", "one");
            terminal.answer("Once more for app: ", "two");
            assertThat(terminal.end())
                    .isEqualTo(new Ended(
                            1,
                            "Password for app: \nOnce more for app: \npgrouter: the two passwords are not the same\n",
                            ""));
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void anEmptyPasswordIsNotAskedForAgain() throws Exception {
        try (Terminal terminal = terminal("C.UTF-8", "")) {
            terminal.answer("Password for app: ", "");
            assertThat(terminal.end())
                    .isEqualTo(new Ended(1, "Password for app: \npgrouter: the password is empty\n", ""));
        }
    }

    @Test
    void aPasswordThatTheLocaleDoesNotKnowIsNotMistakenForAnother() throws Exception {
        try (Terminal terminal = terminal("C", "")) {
            terminal.answer("Password for app: ", "s\u00e4cret");
            Ended ended = terminal.end();
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.output()).contains("set LC_ALL").doesNotContain("cret");
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void whereThePasswordWouldBeSeenItIsNotAskedFor() throws Exception {
        try (Terminal terminal = terminal("C.UTF-8", " > /dev/null")) {
            assertThat(terminal.end())
                    .isEqualTo(new Ended(
                            1,
                            "pgrouter: the password would be seen as it is typed: the output must be the terminal too\n",
                            ""));
        }
    }
}

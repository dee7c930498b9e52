package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.Jar;

/** The jar on the command line, without any PostgreSQL. */
class CommandLineIT {
    @TempDir
    private Path directory;

    private record Ended(int code, String output) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Jar.command(arguments))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private String config(String text) throws IOException {
        Path authDb = Files.writeString(directory.resolve("authdb"), "app plain 'very secret'\n");
        Files.setPosixFilePermissions(authDb, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(directory.resolve("pgrouter.conf"), text).toString();
    }

    @Test
    void aValidFileIsSaidToBeValid() throws Exception {
        String file = config("authdb authdb; backend 127.0.0.1:1");
        assertThat(run("-t", "-c", file)).isEqualTo(new Ended(0, file + " is valid\n"));
    }

    @Test
    void everyMistakeIsNamedWithItsPlace() throws Exception {
        String file = config("authdb authdb\nlisen *:5432\nbackend 127.0.0.1:1 { lag much }\n");
        Ended ended = run("-t", "-c", file);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains(file + ":2:1: ", "listen", file + ":3:27: ")
                .hasLineCount(2);
    }

    @Test
    void aMistakeInTheAuthdbIsNamedWithoutItsSecret() throws Exception {
        String file = config("authdb broken; backend 127.0.0.1:1");
        Files.writeString(directory.resolve("broken"), "app plane 'very secret'\n");
        Ended ended = run("-c", file);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("broken:1:5: ").doesNotContain("very secret");
    }

    @Test
    void aMissingAuthdbIsSaidWithWhatMakesOne() throws Exception {
        Ended ended = run("-t", "-c", config("authdb nowhere; backend 127.0.0.1:1"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains("nowhere:1:1: expected a readable file, found no such file; `passwd ")
                .hasLineCount(1);
    }

    @Test
    void aFileWithSecretsThatOthersMayReadIsOneWarning() throws Exception {
        String file = config("authdb authdb; health { password x }; backend 127.0.0.1:1");
        Path authDb = directory.resolve("authdb");
        Files.setPosixFilePermissions(authDb, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r-----"));
        Ended ended = run("-t", "-c", file);
        assertThat(ended.code()).isZero();
        assertThat(ended.output())
                .isEqualTo(authDb + " can be read by every user of this host: chmod 600 " + authDb + "\n" + file
                        + " is valid\n");
    }

    @Test
    void anUnknownArgumentShowsTheUsage() throws Exception {
        Ended ended = run("--frobnicate");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output()).contains("--frobnicate", "Usage:");
    }

    @Test
    void versionAndHelpArePrinted() throws Exception {
        assertThat(run("--version").output()).matches("pgrouter [0-9].*\n");
        assertThat(run("-h").output()).startsWith("Usage:");
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Ended ended = run("-c", config("listen " + address + "; authdb authdb; backend 127.0.0.1:1"));
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.output())
                    .contains(
                            "cannot listen on " + address,
                            "choose an address of this host, and a port that no other server has")
                    .hasLineCount(1);
        }
    }
}

package pgrouter.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The installed openssl as a client of PostgreSQL. */
final class OpenSsl {
    /** What says who the server is and how the connection is encrypted. */
    private static final List<String> TELLING =
            List.of("Protocol version:", "Peer certificate:", "Hash used:", "Verification", "verify error:");

    private OpenSsl() {}

    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "openssl")));
    }

    /** Whether the server resumes the session that is in the file, of an earlier call: {@code New} or {@code Reused}. */
    static String session(int port, String protocol, Path file) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "openssl", "s_client", "-ign_eof", "-connect", "127.0.0.1:" + port, "-starttls", "postgres", protocol));
        command.addAll(List.of(Files.exists(file) ? "-sess_in" : "-sess_out", file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // What is no startup packet ends the connection; a ticket comes before that.
        process.getOutputStream().write(new byte[] {0, 0, 0, 1});
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .map(line -> line.split(",")[0])
                .filter(word -> word.equals("New") || word.equals("Reused"))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    /** How it ends, and what it says of the server. */
    static String connect(int port, Path authority, String options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-brief",
                "-connect",
                "127.0.0.1:" + port,
                "-starttls",
                "postgres",
                "-verify_return_error",
                "-CAfile",
                authority.toString()));
        command.addAll(List.of(options.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return output.lines()
                .filter(line -> TELLING.stream().anyMatch(line::startsWith))
                .collect(Collectors.joining("\n", "exit " + code + "\n", ""));
    }
}

package pgrouter.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The installed psql: libpq, as most applications have it. */
final class Psql {
    private Psql() {}

    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "psql")));
    }

    /** What Debian has in PATH is a script that looks for the newest one, and takes longer than that. */
    private static String program() throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return "psql";
        }
        try (Stream<Path> each = Files.list(versions)) {
            return each.map(version -> version.resolve("bin/psql"))
                    .filter(Files::isExecutable)
                    .max(Comparator.naturalOrder())
                    .map(Path::toString)
                    .orElse("psql");
        }
    }

    /** What it prints for this query, or its error without the address of the server. */
    static String run(String connection, String password, String query) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(program(), "-XAtq", "-c", query, connection))
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.replaceAll("psql: error: |connection to server at [^:]* failed: ", "")
                .strip();
    }
}

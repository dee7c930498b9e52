package pgrouter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A cluster of {@code test-cluster/cluster}, in a new directory and on free ports. Also stopped when the JVM ends without it. */
final class ScriptCluster implements PostgresCluster {
    // The first start on a machine downloads PostgreSQL.
    private static final Duration START_DEADLINE = Duration.ofMinutes(5);
    private static final Path SCRIPT = Path.of("test-cluster", "cluster").toAbsolutePath();
    /** Beside the jar: the test JVMs of a build share it. */
    private static final Path TEMPLATE =
            Path.of(System.getProperty("pgrouter.jar")).resolveSibling("test-cluster");

    private static final int ATTEMPTS = 3;

    private final Path directory;
    private final int firstPort;
    private final int nodes;
    private final Thread atExit = new Thread(this::down, "cluster-down");
    private boolean closed;

    private ScriptCluster(Path directory, int firstPort, int nodes) {
        this.directory = directory;
        this.firstPort = firstPort;
        this.nodes = nodes;
    }

    static PostgresCluster start(Options options) {
        for (int attempt = 1; ; attempt++) {
            try {
                return up(options);
            } catch (IllegalStateException e) {
                // Somebody else may have taken a port since it was found free.
                if (attempt == ATTEMPTS || !String.valueOf(e.getMessage()).contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static PostgresCluster up(Options options) {
        int nodes = options.standbys() + 1;
        ScriptCluster cluster = new ScriptCluster(newDirectory(), FreePorts.row(nodes), nodes);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        cluster.call(START_DEADLINE, cluster.upArguments(options));
        return cluster;
    }

    /** PostgreSQL that is started by root runs as another user, who must be able to enter. */
    private static Path newDirectory() {
        try {
            Path directory = Files.createTempDirectory("pgrouter-cluster");
            return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] upArguments(Options options) {
        List<String> arguments = new ArrayList<>(List.of("up", "--port", "" + firstPort));
        arguments.addAll(List.of("--standbys", "" + options.standbys(), "--postgres", options.postgres()));
        options.hba().forEach(line -> arguments.addAll(List.of("--hba", line)));
        options.tls()
                .ifPresent(directory -> arguments.addAll(
                        List.of("--tls", directory.toAbsolutePath().toString())));
        if (!options.ownIdentity()) {
            arguments.addAll(List.of("--template", TEMPLATE.toString()));
        }
        if (options.synchronous()) {
            arguments.add("--sync");
        }
        return arguments.toArray(String[]::new);
    }

    private void call(String command, int... numbers) {
        List<String> arguments = new ArrayList<>(List.of(command));
        for (int number : numbers) {
            arguments.add("" + number);
        }
        call(DEADLINE, arguments.toArray(String[]::new));
    }

    private void call(Duration deadline, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--dir", directory.toString()));
        try {
            run(command, deadline);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + command, e);
        }
    }

    private static void run(List<String> command, Duration deadline) throws IOException, InterruptedException {
        Path output = Files.createTempFile("pgrouter-cluster", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS);
            process.destroy();
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + Files.readString(output));
            }
        } finally {
            Files.delete(output);
        }
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public int port(int node) {
        return firstPort + node - 1;
    }

    @Override
    public Optional<Path> socketDirectory(int node) {
        return Optional.of(directory.resolve("node" + node));
    }

    @Override
    public void promote(int node) {
        call("promote", node);
    }

    @Override
    public void stop(int node) {
        call("stop", node);
    }

    @Override
    public void start(int node) {
        call("start", node);
    }

    @Override
    public void kill(int node) {
        call("kill", node);
    }

    @Override
    public void freeze(int node) {
        call("freeze", node);
    }

    @Override
    public void thaw(int node) {
        call("thaw", node);
    }

    @Override
    public void pauseReplay(int node) {
        call("pause-replay", node);
    }

    @Override
    public void resumeReplay(int node) {
        call("resume-replay", node);
    }

    @Override
    public void follow(int node, int upstream) {
        call("follow", node, upstream);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Runtime.getRuntime().removeShutdownHook(atExit);
            down();
        }
    }

    private void down() {
        if (Files.exists(directory.resolve("cluster.conf"))) {
            call("down");
        }
    }
}

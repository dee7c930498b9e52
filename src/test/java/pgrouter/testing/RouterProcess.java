package pgrouter.testing;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The jar, run as a DBA runs it: a process of its own with a configuration file, watched through its monitor and its log. */
public final class RouterProcess implements AutoCloseable {
    /** On a busy machine replay takes longer than reads wait by default, and stories tell where reads run. */
    private static final String READ_WAIT = "wait 2s\n";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path directory;
    private final Path config;
    private final int port;
    private final int monitorPort;

    private RouterProcess(Process process, Path directory, int port, int monitorPort) {
        this.process = process;
        this.directory = directory;
        this.config = directory.resolve("pgrouter.conf");
        this.port = port;
        this.monitorPort = monitorPort;
    }

    /** What a test may choose; the rest of the configuration file is made. */
    public static final class Options {
        private final List<String> java = new ArrayList<>();
        private String authDb = "app plain app-secret\n";
        private boolean heedsHangUp = true;
        private boolean http;
        private String httpBlock = "";
        private OptionalInt descriptors = OptionalInt.empty();
        private Optional<Path> patch = Optional.empty();
        private String extra = "";
        private String health = "health { check 200ms; username pgrouter; password sekrit }";

        /** How many files the process may have open. */
        public Options descriptors(int most) {
            descriptors = OptionalInt.of(most);
            return this;
        }

        /** Takes classes from this directory before those of the jar. */
        public Options patchedBy(Path classes) {
            patch = Optional.of(classes);
            return this;
        }

        /** Serves its status over HTTP too. */
        public Options http() {
            http = true;
            return this;
        }

        /** The same for these users only. */
        public Options httpFor(String users) {
            httpBlock = " { users " + users + " }";
            return http();
        }

        /** Starts it as {@code nohup} does. */
        public Options ignoringHangUp() {
            heedsHangUp = false;
            return this;
        }

        /** An option of the JVM. */
        public Options java(String option) {
            java.add(option);
            return this;
        }

        public Options authDb(String text) {
            authDb = text;
            return this;
        }

        /** Lines of the configuration file, in front of the backends. */
        public Options with(String directives) {
            extra = directives;
            return this;
        }

        public Options health(String block) {
            health = block;
            return this;
        }
    }

    /** In front of all nodes of a cluster, when it knows a primary and standbys that have replayed everything. */
    public static RouterProcess before(PostgresCluster cluster) throws IOException {
        return before(cluster, new Options());
    }

    public static RouterProcess before(PostgresCluster cluster, Options options) throws IOException {
        RouterProcess router = start(
                options,
                IntStream.rangeClosed(1, cluster.nodes())
                        .mapToObj(node -> address(cluster, node))
                        .toArray(String[]::new));
        router.awaitReaders(cluster.nodes() - 1);
        return router;
    }

    /** A node as the configuration file and monitor name it. */
    public static String address(PostgresCluster cluster, int node) {
        return "127.0.0.1:" + cluster.port(node);
    }

    /** Waits until a round of probes has seen so many standbys without lag. */
    public void awaitReaders(int number) {
        awaitStatus(
                number + " standbys without lag",
                status -> status.stream()
                                .filter(line -> line.contains(" standby OK 0/"))
                                .count()
                        == number);
    }

    /** Waits until so many standbys answer, whatever they lack. */
    public void awaitReadersAgain(int number) {
        awaitStatus(
                number + " standbys",
                status -> status.stream()
                                .filter(line -> line.contains(" standby OK "))
                                .count()
                        == number);
    }

    /** Starts pgrouter in front of these backends and returns when it listens. */
    public static RouterProcess start(Options options, String... backends) throws IOException {
        if (!LongRun.isWanted()) {
            options.java.addFirst("-Xmx256m");
            options.java.addAll(0, Jar.quickly());
        }
        ClassArchive.options().forEach(options::java);
        return startAsUsersDo(options, backends);
    }

    /** The same as users start it, without what makes a test fast: for what shows how much it needs. */
    public static RouterProcess startAsUsersDo(Options options, String... backends) throws IOException {
        Path directory = Files.createTempDirectory("pgrouter-it");
        int port = FreePorts.row(3);
        int monitorPort = port + 1;
        Files.writeString(secretFile(directory, "authdb"), options.authDb);
        Files.writeString(secretFile(directory, "pgrouter.conf"), config(options, port, monitorPort, backends));
        RouterProcess router = new RouterProcess(launch(options, directory), directory, port, monitorPort);
        router.awaitStatus("it listens", status -> !status.isEmpty());
        return router;
    }

    private static Path secretFile(Path directory, String name) throws IOException {
        return Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static String config(Options options, int port, int monitorPort, String... backends) {
        StringBuilder text = new StringBuilder();
        text.append("listen 127.0.0.1:").append(port).append('\n');
        text.append("monitor 127.0.0.1:").append(monitorPort).append('\n');
        if (options.http) {
            text.append("http 127.0.0.1:")
                    .append(monitorPort + 1)
                    .append(options.httpBlock)
                    .append('\n');
        }
        text.append("authdb authdb\nlog DEBUG\n")
                .append(READ_WAIT)
                .append(options.health)
                .append('\n');
        text.append(options.extra).append('\n');
        for (String backend : backends) {
            text.append("backend ").append(backend).append('\n');
        }
        return text.toString();
    }

    private static Process launch(Options options, Path directory) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Jar.java());
        command.addAll(options.java);
        options.descriptors.ifPresent(most -> {
            command.addFirst("ulimit -n " + most + "; exec \"$0\" \"$@\"");
            command.addAll(0, List.of("bash", "-c"));
        });
        command.addAll(program(options));
        command.addAll(List.of("-c", directory.resolve("pgrouter.conf").toString()));
        command.addAll(0, signals(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    /** The main class by its name does not have the options of the jar's manifest. */
    private static List<String> program(Options options) {
        String jar = System.getProperty("pgrouter.jar");
        return options.patch
                .map(classes -> List.of(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes + File.pathSeparator + jar,
                        "pgrouter.Main"))
                .orElse(List.of("-jar", jar));
    }

    /** Whoever runs the tests may have started them with signals ignored, and that is inherited. */
    private static List<String> signals(Options options) {
        return List.of("env", "--default-signal", options.heedsHangUp ? "--default-signal=HUP" : "--ignore-signal=HUP");
    }

    public int port() {
        return port;
    }

    /** Where its status is, with {@link Options#http()}. */
    public int httpPort() {
        return monitorPort + 1;
    }

    /** Sends the process a signal: HUP, TERM or INT. */
    public void signal(String name) throws IOException, InterruptedException {
        signal(process.pid(), name);
    }

    /** The same to a process that was not started here. */
    public static void signal(long pid, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    /** Changes the configuration file, which nobody reads before a reload. */
    public void rewrite(UnaryOperator<String> change) throws IOException {
        Files.writeString(config, change.apply(Files.readString(config)));
    }

    /** Reloads, and waits until that is done or was refused. */
    public void reload() throws IOException, InterruptedException {
        long before = reloads();
        signal("HUP");
        Await.until("the configuration is read again", () -> reloads() > before);
    }

    private long reloads() throws IOException {
        return log().lines()
                .filter(line -> line.endsWith("pgrouter: reloaded") || line.contains("not reloaded: "))
                .count();
    }

    /** The exit code, when the process has ended by itself. */
    public int awaitExit() {
        Await.until("the process has ended", () -> !process.isAlive());
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the process takes of its host. */
    public Vitals vitals() {
        return new Vitals(process.pid());
    }

    /** The lines of the log so far. */
    public String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    /** A counter of all standbys of a cluster that this is before: reads or redirects. */
    public long countOnStandbys(PostgresCluster cluster, String counter) {
        return IntStream.rangeClosed(2, cluster.nodes())
                .mapToLong(node -> count(address(cluster, node), counter))
                .sum();
    }

    /** Waits until it keeps so many connections for sessions to come; with {@link Options#http()}. */
    public void awaitKept(int number) {
        Await.until(number + " connections are kept", () -> keeps(number));
    }

    /** Whether it keeps so many now; with {@link Options#http()}. */
    public boolean keeps(int number) throws IOException, InterruptedException {
        HttpRequest metrics = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort() + "/metrics"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(metrics, BodyHandlers.ofString())
                    .body()
                    .contains("\npgrouter_kept_pipes " + number + "\n");
        }
    }

    /** Waits until the log has this: its lines are written after what they tell. */
    public void awaitLog(String text) {
        Await.until("the log has: " + text, () -> log().contains(text));
    }

    /** A session of the application's role, with a driver that sends no SET of its own. */
    public Connection connect() throws SQLException {
        return connect(new Properties());
    }

    /** @param properties of the driver, over the usual ones */
    public Connection connect(Properties properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", "app");
        all.setProperty("password", "app-secret");
        all.setProperty("assumeMinServerVersion", "13");
        all.putAll(properties);
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/app", all);
    }

    /** The lines of monitor; none while it does not answer. */
    public List<String> status() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), monitorPort)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException notThere) {
            return List.of();
        }
    }

    /** A counter of one backend: reads, writes or redirects. */
    public long count(String backend, String counter) {
        String line = status().stream()
                .filter(text -> text.startsWith(backend + " reads "))
                .findFirst()
                .orElseThrow();
        List<String> words = List.of(line.split(" "));
        return Long.parseLong(words.get(words.indexOf(counter) + 1));
    }

    /** Waits until monitor shows this. */
    public void awaitStatus(String what, Predicate<List<String>> condition) {
        Await.until(what + "; log:\n" + directory.resolve("log"), () -> condition.test(status()));
    }

    /** Waits until monitor has a line that begins so. */
    public void awaitLine(String beginning) {
        awaitStatus(beginning, status -> status.stream().anyMatch(line -> line.startsWith(beginning)));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

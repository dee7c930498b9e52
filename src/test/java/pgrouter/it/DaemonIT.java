package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.Await;
import pgrouter.testing.FreePorts;
import pgrouter.testing.Jar;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** The jar in the background, and as another user than the one that has started it. */
@ExtendWith(SharedCluster.class)
class DaemonIT {
    /** A user and a group that every Linux has. */
    private static final String USER = "daemon";

    private static final String GROUP = "nogroup";

    /** Java 22 and later have a way of their own to become another user; this makes them go that of Java 21. */
    private static final String THIS_JAVA = "-Djdk.util.jar.enableMultiRelease=true";

    private static final String AS_JAVA_21 = "-Djdk.util.jar.enableMultiRelease=false";

    private final PostgresCluster cluster;
    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path jar;
    private int port;
    private int monitorPort;

    private record Ended(int code, String output) {}

    DaemonIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** The user needs to read the jar and the files, and to write the log. */
    @BeforeEach
    void prepare() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        jar = Files.copy(Path.of(System.getProperty("pgrouter.jar")), directory.resolve("pgrouter.jar"));
        write("authdb", "app plain app-secret\n");
        Files.createDirectory(directory.resolve("var"));
        port = FreePorts.row(2);
        monitorPort = port + 1;
    }

    @AfterEach
    void stop() throws IOException {
        pid().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
        started.forEach(Process::destroyForcibly);
    }

    private void write(String name, CharSequence text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void configure(String more) throws Exception {
        StringBuilder text = new StringBuilder();
        text.append("listen 127.0.0.1:").append(port).append("\nauthdb authdb\n");
        text.append("monitor 127.0.0.1:").append(monitorPort).append('\n');
        text.append("pidfile var/pgrouter.pid\nhealth { check 200ms; username pgrouter; password sekrit }\n");
        for (int node = 1; node <= cluster.nodes(); node++) {
            text.append("backend 127.0.0.1:").append(cluster.port(node)).append('\n');
        }
        write("pgrouter.conf", text.append(more).append('\n'));
        if (isRoot()) {
            for (String name : List.of("pgrouter.conf", "authdb", "var")) {
                new ProcessBuilder("chown", USER, directory.resolve(name).toString())
                        .start()
                        .waitFor();
            }
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void assumeRoot() {
        assumeTrue(isRoot(), "only root can become another user");
    }

    private Process start(String option, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal", "--default-signal=HUP"));
        command.add(Jar.java());
        command.addAll(Jar.quickly());
        command.addAll(List.of(option, "-jar", jar.toString(), "-c", directory.resolve("pgrouter.conf") + ""));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private Ended run(String option, String... arguments) throws Exception {
        Process process = start(option, arguments);
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private Optional<Long> pid() throws IOException {
        Path file = directory.resolve("var/pgrouter.pid");
        return Files.exists(file) ? Files.readString(file).lines().findFirst().map(Long::valueOf) : Optional.empty();
    }

    private String log() throws IOException {
        Path file = directory.resolve("var/log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private void awaitLog(String text) {
        Await.until("the log has: " + text, () -> log().contains(text));
    }

    private static void awaitEnd(long pid) {
        Await.until(
                "process " + pid + " has ended",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    private String userOf(int backend) throws Exception {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/app?user=app&password=app-secret";
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet row = connection.createStatement().executeQuery("SELECT current_user || " + backend)) {
            row.next();
            return row.getString(1);
        }
    }

    private static List<String> status(Path of) throws IOException {
        return Files.readAllLines(of.resolve("status"));
    }

    private static String field(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip().replaceAll("\\s+", " "))
                .findFirst()
                .orElseThrow();
    }

    private static String id(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("id"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static String groupId() throws IOException {
        return Files.readAllLines(Path.of("/etc/group")).stream()
                .filter(line -> line.startsWith(GROUP + ":"))
                .map(line -> line.split(":")[2])
                .findFirst()
                .orElseThrow();
    }

    /** Real, effective, saved and that of the file system: none is left of root, in none of the threads. */
    private static void assertEveryThreadIsOfTheUser(long pid) throws Exception {
        String uid = id("-u", USER);
        String gid = groupId();
        List<Path> threads;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            threads = tasks.toList();
        }
        assertThat(threads).hasSizeGreaterThan(5);
        for (Path thread : threads) {
            List<String> status = status(thread);
            assertThat(field(status, "Uid")).isEqualTo(String.join(" ", uid, uid, uid, uid));
            assertThat(field(status, "Gid")).isEqualTo(String.join(" ", gid, gid, gid, gid));
            assertThat(field(status, "Groups").split(" ")).doesNotContain("0");
            assertThat(field(status, "CapPrm")).matches("0+");
            assertThat(field(status, "CapEff")).matches("0+");
        }
    }

    private static int firstOpenPort() throws IOException {
        Path file = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        return Integer.parseInt(Files.readAllLines(file).getFirst());
    }

    /** proc_pid_stat(5): the session is its own, and there is no terminal. */
    private static void assertDetached(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        assertThat(fields[3]).as("session").isEqualTo(Long.toString(pid));
        assertThat(fields[4]).as("terminal").isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {THIS_JAVA, AS_JAVA_21})
    void aDaemonOfRootBecomesTheUserInEveryThread(String java) throws Exception {
        assumeRoot();
        configure("user " + USER + "\ngroup " + GROUP + "\nlog { to var/log }");
        assertThat(run(java, "-d")).isEqualTo(new Ended(0, ""));
        long pid = pid().orElseThrow();
        assertThat(userOf(1)).isEqualTo("app1");
        assertEveryThreadIsOfTheUser(pid);
        assertDetached(pid);
        assertThat(log()).contains("runs as user " + USER).doesNotContain("WARNING");

        Ended second = run(java, "-d");
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.output())
                .contains("pgrouter runs already as process " + pid)
                .hasLineCount(1);

        RouterProcess.signal(pid, "HUP");
        awaitLog("pgrouter: reloaded");
        assertThat(userOf(2)).isEqualTo("app2");
        RouterProcess.signal(pid, "TERM");
        awaitEnd(pid);
        assertThat(log()).endsWith("stopped\n");
        assertThat(directory.resolve("var/pgrouter.pid")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {THIS_JAVA, AS_JAVA_21})
    void inTheForegroundTheUserIsTheSameAndSignalsArrive(String java) throws Exception {
        assumeRoot();
        configure("user " + USER + "\ngroup " + GROUP + "\nlog { to var/log }");
        Process process = start(java);
        awaitLog("ready: ");
        assertEveryThreadIsOfTheUser(pid().orElseThrow());
        RouterProcess.signal(process.pid(), "HUP");
        awaitLog("pgrouter: reloaded");
        RouterProcess.signal(process.pid(), "TERM");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(pid()).isEmpty();
    }

    @Test
    void withoutAnotherUserItGoesToTheBackgroundAsItIs() throws Exception {
        configure("log { to var/log }");
        assertThat(run(THIS_JAVA, "-d")).isEqualTo(new Ended(0, ""));
        long pid = pid().orElseThrow();
        assertDetached(pid);
        assertThat(log()).contains(isRoot() ? "WARNING pgrouter: runs as root: " : "INFO    pgrouter: runs as user ");
        RouterProcess.signal(pid, "TERM");
        awaitEnd(pid);
    }

    @Test
    void aDaemonWithoutAPlaceForItsLogIsRefused() throws Exception {
        configure("");
        Ended ended = run(THIS_JAVA, "-d");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("add `log { to FILE }`").hasLineCount(1);
    }

    @Test
    void whatKeepsADaemonFromStartingIsSaidWhereItWasStarted() throws Exception {
        configure("log { to var/log }");
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = run(THIS_JAVA, "-d");
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.output())
                    .startsWith("pgrouter: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .hasLineCount(1);
        }
        assertThat(pid()).isEmpty();
    }

    @Test
    void aLogThatTheUserMayNotWriteIsSaidToo() throws Exception {
        assumeRoot();
        configure("user " + USER + "\nlog { to " + directory.resolve("log") + " }");
        Ended ended = run(THIS_JAVA, "-d");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .isEqualTo("pgrouter: cannot write the log " + directory.resolve("log") + ": permission is denied\n");
    }

    @Test
    void aFileThatTheUserMayNotReadIsOneWarning() throws Exception {
        assumeRoot();
        configure("user " + USER + "\nlog { to var/log }");
        Path authDb = directory.resolve("authdb");
        Files.setPosixFilePermissions(authDb, PosixFilePermissions.fromString("---------"));
        assertThat(run(THIS_JAVA, "-d").code()).isZero();
        awaitLog("user " + USER + " may not read " + authDb + ", so that a reload will fail");
        RouterProcess.signal(pid().orElseThrow(), "HUP");
        awaitLog("not reloaded: " + authDb);
    }

    @ParameterizedTest
    @ValueSource(strings = {THIS_JAVA, AS_JAVA_21})
    void anAccountThatIsNotThereIsRefused(String java) throws Exception {
        assumeRoot();
        configure("user nobody-here\nlog { to var/log }");
        Ended ended = run(java, "-d");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).isEqualTo("pgrouter: this host has no user nobody-here\n");
    }

    @Test
    void java21SaysThatAPortIsForRootOnly() throws Exception {
        assumeRoot();
        int first = firstOpenPort();
        assumeTrue(first > 1, "every port is for everybody here");
        port = first - 1;
        configure("user " + USER);
        Ended ended = run(AS_JAVA_21);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .startsWith("pgrouter: cannot listen on 127.0.0.1:" + port + " as user " + USER + " with this Java")
                .hasLineCount(1);
    }

    @Test
    void aPortForRootOnlyIsBoundBeforeRootIsGivenUp() throws Exception {
        assumeRoot();
        int first = firstOpenPort();
        assumeTrue(first > 1, "every port is for everybody here");
        assumeTrue(Runtime.version().feature() >= 22, "needs Java 22");
        port = first - 1;
        configure("user " + USER + "\nlog { to var/log }");
        assertThat(run(THIS_JAVA, "-d")).isEqualTo(new Ended(0, ""));
        assertThat(userOf(1)).isEqualTo("app1");
    }

    @Test
    void aPidfileThatACrashHasLeftDoesNoHarm() throws Exception {
        configure("log { to var/log }");
        Path file = Files.writeString(directory.resolve("var/pgrouter.pid"), "1\n");
        assertThat(run(THIS_JAVA, "-d").code()).isZero();
        assertThat(Files.readString(file)).isNotEqualTo("1\n");
    }
}

package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What an operator finds in the log, and where. */
@ExtendWith(SharedCluster.class)
class LogIT {
    private static final Pattern TEXT_LINE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [+-]\\d\\d:\\d\\d (LOG|ERROR|WARNING|INFO|DEBUG) +[a-z]+: .+");
    private static final String JSON_TEXT = "\"([^\"\\\\\\p{Cntrl}]|\\\\([\"\\\\]|u[0-9a-f]{4}))*\"";
    private static final Pattern JSON_LINE = Pattern.compile("\\{\"time\":\"[-0-9T:.]+([+-]\\d\\d:\\d\\d|Z)\","
            + "\"level\":\"(LOG|ERROR|WARNING|INFO|DEBUG)\",\"subject\":\"[a-z]+\"(,\"client\":\\d+)?,\"message\":"
            + JSON_TEXT
            + "(,\"[a-z_]+\":(\\d+\\.\\d|" + JSON_TEXT + "))*\\}");

    private static final String FROM = ", 127.0.0.1";

    private static PostgresCluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void share(PostgresCluster shared) {
        cluster = shared;
    }

    private static RouterProcess router(String log) throws IOException {
        return RouterProcess.before(cluster, new RouterProcess.Options().with(log));
    }

    private static List<String> lines(RouterProcess router) throws IOException {
        return router.log().lines().toList();
    }

    private static void awaitLine(Path file, String end) {
        Await.until(
                "a line that ends with " + end,
                () -> Files.exists(file) && Files.readString(file).lines().anyMatch(line -> line.endsWith(end)));
    }

    private static void refused(RouterProcess router, String user) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        assertThatThrownBy(() -> router.connect(properties)).isInstanceOf(SQLException.class);
    }

    private static String refusal(String user) {
        return "ends: user \"" + user + "\": no such user, or one without a password";
    }

    @Test
    void textLinesHaveTimeLevelSubjectAndClient() throws Exception {
        try (RouterProcess router = router("")) {
            refused(router, "nobody");
            router.awaitLog(refusal("nobody"));
            assertThat(lines(router)).allMatch(line -> TEXT_LINE.matcher(line).matches());
            assertThat(lines(router)).anyMatch(line -> line.matches(".* INFO {4}session: client \\d+: ends: .*"));
        }
    }

    @Test
    void jsonLinesAreObjects() throws Exception {
        try (RouterProcess router = router("log DEBUG { format json; slow 1ms }")) {
            refused(router, "no\"bo\\dy\n{");
            try (Connection connection = router.connect()) {
                Sql.ask(connection, "SELECT pg_sleep(0.01), 'x\ny' AS \"quo\"\"ted\"");
            }
            Await.until(
                    "both",
                    () -> router.log().contains("no\\\"bo\\\\dy\\u000a{")
                            && router.log().contains("pg_sleep(?.?), ? AS \\\"quo\\\"\\\"ted\\\"\""));
            List<String> json = lines(router).stream()
                    .dropWhile(line -> !line.startsWith("{"))
                    .toList();
            assertThat(json)
                    .hasSizeGreaterThan(3)
                    .allMatch(line -> JSON_LINE.matcher(line).matches());
        }
    }

    /** Each read waits as long as its standby takes: so its route is that of a quiet machine. */
    @Test
    void slowRequestsAreLoggedWithTheirRouteAndWithoutTheirLiterals() throws Exception {
        try (RouterProcess router = router("wait 10s\nlog WARNING { slow 100ms }")) {
            try (Connection connection = router.connect()) {
                Sql.ask(connection, "SELECT 'fast secret'");
                Sql.ask(connection, "SELECT pg_sleep(0.2), 'slow secret' /* secret */");
                Sql.run(connection, "BEGIN");
                Sql.ask(connection, "SELECT pg_sleep(0.2), 'written secret'");
                Sql.run(connection, "COMMIT");
                try (PreparedStatement prepared = connection.prepareStatement("SELECT pg_sleep(?), ?")) {
                    prepared.setDouble(1, 0.2);
                    prepared.setString(2, "bound secret");
                    for (int i = 0; i < 7; i++) {
                        prepared.executeQuery().close();
                    }
                }
            }
            router.awaitLog("slow request (repeated ");
            assertThat(lines(router).stream()
                            .filter(line -> line.contains(" LOG "))
                            .map(LogIT::withoutTimes))
                    .startsWith(
                            "session: client N: slow request, N ms, reader S, SELECT pg_sleep(?.?), ?",
                            "session: client N: slow request, N ms, writer: transaction, SELECT pg_sleep(?.?), ?",
                            "session: client N: slow request, N ms, reader S, SELECT pg_sleep($1), $2");
            assertThat(router.log()).doesNotContain("secret", "fast");
        }
    }

    private static String withoutTimes(String line) {
        return line.replaceFirst(".* LOG +", "")
                .replaceFirst("client \\d+", "client N")
                .replaceFirst("\\d+\\.\\d ms", "N ms")
                .replaceFirst("reader 127.0.0.1:(" + cluster.port(2) + "|" + cluster.port(3) + ")", "reader S")
                .replaceFirst(", waited \\d+\\.\\d ms", "");
    }

    @Test
    void whatIsSaidAgainAndAgainIsCounted() throws Exception {
        try (RouterProcess router = router("")) {
            IntStream.range(0, 8).forEach(i -> refused(router, "guesser"));
            router.signal("HUP");
            Await.until("the count", () -> told(router, refusal("guesser")) == 8);
            assertThat(lines(router).stream().filter(line -> line.contains(refusal("guesser"))))
                    .hasSizeLessThan(8);
        }
    }

    @Test
    void guessesAtManyUsersAreBoundedAndCounted() throws Exception {
        try (RouterProcess router = router("")) {
            IntStream.range(0, 30).forEach(i -> refused(router, "user" + i));
            router.signal("HUP");
            Await.until(
                    "the count",
                    () -> router.log().contains("session: left out 20 failed logins: 1 from 127.0.0.1 as user "));
            assertThat(lines(router).stream().filter(line -> line.contains(" ends: ")))
                    .hasSize(10)
                    .allMatch(line -> line.endsWith(FROM));
        }
    }

    private static int told(RouterProcess router, String message) throws IOException {
        return lines(router).stream()
                .filter(line -> line.contains(message))
                .mapToInt(LogIT::times)
                .sum();
    }

    private static int times(String line) {
        return line.contains("(repeated ")
                ? Integer.parseInt(line.replaceFirst(".*\\(repeated (\\d+) times\\).*", "$1"))
                : 1;
    }

    /** As logrotate does it. */
    @Test
    void aRenamedFileIsLeftForANewOneAndNoLineIsLost() throws Exception {
        Path file = directory.resolve("pgrouter.log");
        Path old = directory.resolve("pgrouter.log.1");
        try (RouterProcess router = router("log INFO { to '" + file + "' }")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            for (int i = 0; i < 10; i++) {
                refused(router, "user" + i);
                if (i == 3) {
                    Files.move(file, old);
                }
                if (i == 6) {
                    router.signal("HUP");
                    awaitLine(file, "pgrouter: reloaded");
                }
            }
            awaitLine(file, refusal("user9") + FROM);
            List<String> all = Stream.of(old, file).flatMap(LogIT::read).toList();
            for (int i = 0; i < 10; i++) {
                String refusal = refusal("user" + i) + FROM;
                assertThat(all).filteredOn(line -> line.endsWith(refusal)).hasSize(1);
            }
            assertThat(lines(router)).as("standard error").isEmpty();
        }
    }

    private static Stream<String> read(Path file) {
        try {
            return Files.readString(file).lines();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFileThatCannotBeWrittenKeepsTheOldOneAndItsLevel() throws Exception {
        Path file = directory.resolve("pgrouter.log");
        try (RouterProcess router = router("log INFO { to '" + file + "' }")) {
            router.rewrite(text -> text.replace(
                            file.toString(), directory.resolve("none/x").toString())
                    .replace("log INFO", "log ERROR"));
            router.signal("HUP");
            awaitLine(
                    file,
                    "not reloaded: cannot write the log " + directory.resolve("none/x")
                            + ": there is no such directory");
            refused(router, "nobody");
            awaitLine(file, refusal("nobody") + FROM);
        }
    }

    @Test
    void aFullDiskStopsNobody() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        try (RouterProcess router = router("log DEBUG { to /dev/full }")) {
            refused(router, "nobody");
            try (Connection connection = router.connect()) {
                assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
            }
            Path file = directory.resolve("pgrouter.log");
            router.rewrite(text -> text.replace("/dev/full", file.toString()));
            router.signal("HUP");
            Await.until(
                    "the lost lines are told of",
                    () -> Files.exists(file)
                            && Files.readString(file).contains(" lines before this one could not be written"));
        }
    }

    @Test
    void anHourWithoutNewsLogsNothing() throws Exception {
        try (RouterProcess router = router("log INFO\nhealth { check 50ms }")) {
            router.awaitLog("ready: ");
            String before = router.log();
            Set<String> rounds = new HashSet<>();
            Await.until("five rounds of probes", () -> rounds.add(lastProbe()) && rounds.size() > 5);
            assertThat(router.log()).isEqualTo(before);
        }
    }

    private static String lastProbe() throws Exception {
        return cluster.ask(2, "SELECT max(query_start) FROM pg_stat_activity WHERE usename = 'pgrouter'");
    }
}

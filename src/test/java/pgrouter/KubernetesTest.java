package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.config.Address;
import pgrouter.config.Config;

/** What {@code conf/kubernetes.yaml} says twice, to Kubernetes and to pgrouter, is the same; and pgrouter can be started with it. */
final class KubernetesTest {
    private final String text;
    private final Path directory;

    KubernetesTest(@TempDir Path directory) throws IOException {
        this.text = Files.readString(Path.of("conf/kubernetes.yaml"));
        this.directory = directory;
    }

    /** The block of text under a key: all lines that are indented further. */
    private String block(String key) {
        return found("(?m)^  " + Pattern.quote(key) + ": \\|\n((?: {4}.*\n|\n)+)")
                .group(1)
                .replaceAll("(?m)^ {4}", "");
    }

    private int number(String key) {
        return Integer.parseInt(found("(?m)^ *(?:- )?" + key + ": (\\d+)$").group(1));
    }

    private MatchResult found(String regex) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing matches " + regex));
    }

    private int port(String name) {
        return Integer.parseInt(
                found("(?m)^ *- name: " + name + "\n *containerPort: (\\d+)$").group(1));
    }

    /** As the projected volume shows the files to the container. */
    private ConfiguredFiles mounted() throws Exception {
        file("authdb", block("authdb"));
        file("password", found("(?m)^  password: (.+)$").group(1));
        return ConfiguredFiles.read(file("pgrouter.conf", block("pgrouter.conf")));
    }

    private Path file(String name, String content) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
    }

    @Test
    void theConfigurationIsValidAndNothingIsToBeWarnedOf() throws Exception {
        ConfiguredFiles files = mounted();
        assertThat(files.warnings()).isEmpty();
        assertThat(files.config().live().health().password()).isEqualTo("sekrit");
        assertThat(files.config().live().backends()).hasSize(3);
    }

    @Test
    void thePortsAreThoseThatPgrouterListensOn() throws Exception {
        Config config = mounted().config();
        assertThat(config.fixed().listen())
                .singleElement()
                .extracting(Address::port)
                .isEqualTo(port("postgres"));
        assertThat(config.fixed().http().orElseThrow().port()).isEqualTo(port("http"));
        assertThat(text).contains("prometheus.io/port: \"" + port("http") + "\"");
    }

    @Test
    void thereIsTimeForTheShutdown() throws Exception {
        Duration shutdown = mounted().config().live().limits().shutdown();
        int preStop = Integer.parseInt(found("command: \\[sleep, \"(\\d+)\"]").group(1));
        assertThat(Duration.ofSeconds(number("terminationGracePeriodSeconds")))
                .isGreaterThan(shutdown.plusSeconds(preStop));
    }

    @Test
    void aFailoverThatPgrouterWaitsForMakesNoPodUnready() throws Exception {
        int seconds = number("periodSeconds") * number("failureThreshold");
        assertThat(Duration.ofSeconds(seconds))
                .isGreaterThanOrEqualTo(mounted().config().live().limits().failover());
    }
}

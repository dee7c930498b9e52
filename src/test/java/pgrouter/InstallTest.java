package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/install}, into a directory: what it puts where, what it leaves alone, and what it says where it cannot. */
final class InstallTest {
    private static final String SCRIPT = "scripts/install";
    private static final String CONFIGURATION = "etc/pgrouter.conf";
    private static final String UNIT = "usr/local/lib/systemd/system/pgrouter.service";

    /** What {@code mvn package} makes after the tests. */
    private static Path jar;

    private final Path root;

    InstallTest(@TempDir Path root) {
        this.root = root;
    }

    private record Ended(int code, String output) {}

    @BeforeAll
    static void makeJar(@TempDir Path directory) {
        jar = directory.resolve("made.jar");
        ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
        int code = tool.run(
                System.out, System.err, "-cfe", jar.toString(), "pgrouter.Main", "-C", "target/classes", "pgrouter");
        assertThat(code).isZero();
    }

    private static Ended run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Ended install(String... arguments) throws IOException, InterruptedException {
        return install(Map.of(), arguments);
    }

    private Ended install(Map<String, String> more, String... arguments) throws IOException, InterruptedException {
        Map<String, String> environment = new TreeMap<>(Map.of("DESTDIR", root.toString(), "PREFIX", ""));
        environment.putAll(more);
        List<String> command = new ArrayList<>(List.of(SCRIPT));
        command.addAll(List.of(arguments));
        return run(environment, command.toArray(String[]::new));
    }

    private void installed(String... arguments) throws IOException, InterruptedException {
        Ended ended = install(arguments);
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    /** The files below the root, with their permissions. */
    private Map<String, String> files() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                found.put(root.relativize(file).toString(), permissions(file));
            }
        }
        return found;
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private String text(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    @Test
    void theProgramItsManualItsServiceAndItsConfigurationAreInTheirPlaces() throws Exception {
        installed(jar.toString());
        assertThat(files())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "usr/local/bin/pgrouter",
                        "rwxr-xr-x",
                        "usr/local/lib/pgrouter/pgrouter.jar",
                        "rw-r--r--",
                        "usr/local/share/man/man1/pgrouter.1",
                        "rw-r--r--",
                        "usr/local/share/man/man5/pgrouter.conf.5",
                        "rw-r--r--",
                        "usr/local/share/man/man5/pgrouter-authdb.5",
                        "rw-r--r--",
                        UNIT,
                        "rw-r--r--",
                        "etc/logrotate.d/pgrouter",
                        "rw-r--r--",
                        CONFIGURATION,
                        "rw-r-----",
                        "etc/pgrouter/authdb",
                        "rw-r-----"));
        assertThat(permissions(root.resolve("etc/pgrouter"))).isEqualTo("rwxr-x---");
        assertThat(permissions(root.resolve("var/log/pgrouter"))).isEqualTo("rwxr-x---");
        assertThat(root.resolve("usr/local/lib/pgrouter/pgrouter.jar")).hasSameBinaryContentAs(jar);
    }

    @Test
    void theCommandRunsTheJarOnAJavaThatItFinds() throws Exception {
        installed(jar.toString());
        String command = root.resolve("usr/local/bin/pgrouter").toString();
        String java = System.getProperty("java.home");
        Map<String, String> environment = Map.of("JAVA_HOME", java, "JAVA_OPTIONS", "-Xmx64m -XX:+UseSerialGC");
        assertThat(run(environment, command, "--help")).isEqualTo(new Ended(0, Arguments.USAGE));

        assertThat(run(Map.of("JAVA_HOME", "/nonexistent", "PATH", java + "/bin:/usr/bin:/bin"), command, "--help"))
                .isEqualTo(new Ended(0, Arguments.USAGE));
    }

    @Test
    void theServiceRunsWhatIsInstalled() throws Exception {
        installed(jar.toString());
        assertThat(text(UNIT)).contains("\nExecStart=/usr/local/bin/pgrouter -c /" + CONFIGURATION + "\n");
    }

    /** With the options that the service gives to Java, but for the place of the cache. */
    @Test
    void theServiceKeepsACacheOfClasses() throws Exception {
        installed(jar.toString());
        String place = "/var/cache/pgrouter";
        String options = text(UNIT)
                .lines()
                .filter(line -> line.startsWith("Environment=\"JAVA_OPTIONS="))
                .map(line -> line.substring(line.indexOf('-'), line.length() - 1))
                .findFirst()
                .orElseThrow();
        assertThat(options).contains(place);
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTIONS", options.replace(place, root.toString()));
        String command = root.resolve("usr/local/bin/pgrouter").toString();
        for (int i = 0; i < 2; i++) {
            assertThat(run(environment, command, "--help")).isEqualTo(new Ended(0, Arguments.USAGE));
            assertThat(root.resolve("classes.jsa")).isNotEmptyFile();
        }
    }

    @Test
    void anotherPrefixHoldsForTheServiceToo() throws Exception {
        assertThat(install(Map.of("PREFIX", "/usr"), jar.toString()).code()).isZero();
        assertThat(text("usr/lib/systemd/system/pgrouter.service")).contains("\nExecStart=/usr/bin/pgrouter -c ");
        assertThat(files()).containsKeys("usr/bin/pgrouter", "usr/lib/pgrouter/pgrouter.jar", CONFIGURATION);

        assertThat(install(Map.of("PREFIX", "/opt/pgrouter"), jar.toString()).code())
                .isZero();
        assertThat(text("etc/systemd/system/pgrouter.service")).contains("\nExecStart=/opt/pgrouter/bin/pgrouter -c ");
    }

    @Test
    void aSecondTimeChangesNothing() throws Exception {
        installed(jar.toString());
        Map<String, String> files = files();
        installed(jar.toString());
        assertThat(files()).isEqualTo(files);
    }

    @Test
    void aNewerJarTakesThePlaceOfTheOldAndTheConfigurationStays() throws Exception {
        installed(jar.toString());
        Files.writeString(root.resolve(CONFIGURATION), "changed");
        Files.writeString(root.resolve("etc/pgrouter/authdb"), "app plain secret");
        Path newer = Files.writeString(root.resolve("newer.jar"), "newer");
        installed(newer.toString());
        assertThat(text("usr/local/lib/pgrouter/pgrouter.jar")).isEqualTo("newer");
        assertThat(text(CONFIGURATION)).isEqualTo("changed");
        assertThat(text("etc/pgrouter/authdb")).isEqualTo("app plain secret");
    }

    @Test
    void uninstallingLeavesTheConfigurationTheLogsAndWhatOthersHavePutThere() throws Exception {
        installed(jar.toString());
        Files.writeString(root.resolve("var/log/pgrouter/pgrouter.log"), "said");
        Files.writeString(root.resolve("usr/local/bin/other"), "");
        Ended ended = install("--uninstall");
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("stays: /etc/pgrouter.conf, /etc/pgrouter, /var/log/pgrouter");
        assertThat(files())
                .containsOnlyKeys(
                        CONFIGURATION, "etc/pgrouter/authdb", "var/log/pgrouter/pgrouter.log", "usr/local/bin/other");
        assertThat(root.resolve("usr/local/lib/pgrouter")).doesNotExist();

        assertThat(install("--uninstall").code()).isZero();
    }

    @Test
    void itSaysWhatIsNext() throws Exception {
        assertThat(install(jar.toString()).output())
                .contains("/usr/local/bin/pgrouter --probe\n", "systemctl enable --now pgrouter\n");
    }

    @Test
    void withoutAJarNothingIsInstalled() throws Exception {
        assertThat(install("none.jar"))
                .isEqualTo(new Ended(
                        1, "scripts/install: there is no none.jar: build it with mvn package, or name another\n"));
        assertThat(files()).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() throws Exception {
        assertThat(install("--no-such-option")).isEqualTo(new Ended(2, "usage: scripts/install [JAR | --uninstall]\n"));
        assertThat(install("a.jar", "b.jar").code()).isEqualTo(2);
        assertThat(install("--uninstall", "a.jar").code()).isEqualTo(2);
        assertThat(install(Map.of("PREFIX", "usr"), jar.toString()).output())
                .isEqualTo("scripts/install: PREFIX must be an absolute path without spaces, and is 'usr'\n");
        assertThat(install(Map.of("DESTDIR", "root"), jar.toString()).output())
                .isEqualTo("scripts/install: DESTDIR must be an absolute path, and is 'root'\n");
        assertThat(files()).isEmpty();
    }

    @Test
    void onAHostOnlyRootMayInstall() throws Exception {
        String[] command = {SCRIPT, jar.toString()};
        if (System.getProperty("user.name").equals("root")) {
            command = new String[] {"setpriv", "--reuid=65534", "--clear-groups", SCRIPT, jar.toString()};
            assumeTrue(
                    run(Map.of(), "sh", "-c", "setpriv --reuid=65534 --clear-groups test -r " + SCRIPT)
                                    .code()
                            == 0,
                    "another user cannot read the sources");
        }
        assertThat(run(Map.of("DESTDIR", ""), command))
                .isEqualTo(new Ended(
                        1, "scripts/install: only root may install; DESTDIR=DIRECTORY installs into a directory\n"));
    }
}

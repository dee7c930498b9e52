package pgrouter.testing;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The classes of the jar as a JVM has read them once, in a file beside it: a start with it costs half the processor time. From Java 25 on
 * they are linked too, which takes off another fifth. All test JVMs of a build use the same file; the first of them makes it.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/21/vm/class-data-sharing.html">Class Data Sharing</a>
 * @see <a href="https://openjdk.org/jeps/514">JEP 514: Ahead-of-Time Command-Line Ergonomics</a>
 */
final class ClassArchive {
    private static final Path JAR = Path.of(System.getProperty("pgrouter.jar"));
    private static final boolean LINKED = Runtime.version().feature() >= 25;
    private static final String NAME = "classes-" + Runtime.version() + (LINKED ? ".aot" : ".jsa");
    private static final Path FILE = JAR.resolveSibling(NAME);

    private ClassArchive() {}

    /** What tells a JVM to use it. A JVM that cannot goes on without, and says nothing. */
    static List<String> options() throws IOException {
        make();
        String use = LINKED ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=";
        return List.of(use + FILE, "-Xlog:disable", "-Xlog:all=error:stderr");
    }

    private static void make() throws IOException {
        if (isMade()) {
            return;
        }
        Path lock = JAR.resolveSibling(NAME + ".lock");
        try (FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
                FileLock held = channel.lock()) {
            if (held.isValid() && !isMade()) {
                Path made = JAR.resolveSibling(NAME + ".new");
                train(made);
                Files.move(made, FILE, ATOMIC_MOVE, REPLACE_EXISTING);
            }
        }
    }

    private static boolean isMade() throws IOException {
        return Files.exists(FILE) && Files.getLastModifiedTime(FILE).compareTo(Files.getLastModifiedTime(JAR)) > 0;
    }

    /** It holds what is loaded until the end of this process: what one session needs. */
    private static void train(Path file) throws IOException {
        RouterProcess.Options options = new RouterProcess.Options();
        Jar.quickly().forEach(options::java);
        options.java((LINKED ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + file);
        try (ParrotPostgres primary = ParrotPostgres.primary();
                ParrotPostgres standby = ParrotPostgres.standby();
                RouterProcess router = RouterProcess.startAsUsersDo(options, primary.address(), standby.address())) {
            router.awaitReaders(1);
            try (FakeClient client = FakeClient.dialPatiently(router.port())) {
                client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
                client.send(Frontend.query("SELECT 1"));
                client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
            }
        }
    }
}

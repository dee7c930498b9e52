package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps the packages apart: which may use which, and which words and constructs have no place in them.
 *
 * <p>Uses are read from the class files, which also show a fully qualified name, and from the imports, which also show a
 * constant that the compiler has inlined.
 */
final class ArchitectureTest {
    /** The level of each package. A package uses only lower levels and itself, so there can be no cycle. */
    private static final Map<String, Integer> LEVELS = Map.ofEntries(
            Map.entry("pgrouter", 6),
            Map.entry("pgrouter.session", 5),
            Map.entry("pgrouter.exchange", 4),
            Map.entry("pgrouter.pool", 3),
            Map.entry("pgrouter.state", 3),
            Map.entry("pgrouter.request", 3),
            Map.entry("pgrouter.health", 3),
            Map.entry("pgrouter.catalog", 3),
            Map.entry("pgrouter.monitor", 3),
            Map.entry("pgrouter.console", 3),
            Map.entry("pgrouter.http", 3),
            Map.entry("pgrouter.process", 3),
            Map.entry("pgrouter.client", 2),
            Map.entry("pgrouter.routing", 2),
            Map.entry("pgrouter.backend", 2),
            Map.entry("pgrouter.cluster", 1),
            Map.entry("pgrouter.auth", 1),
            Map.entry("pgrouter.tls", 1),
            Map.entry("pgrouter.hba", 1),
            Map.entry("pgrouter.config", 0),
            Map.entry("pgrouter.protocol", 0),
            Map.entry("pgrouter.net", 0),
            Map.entry("pgrouter.metrics", 0),
            Map.entry("pgrouter.log", 1),
            Map.entry("pgrouter.json", 0));

    private static final Set<String> VAGUE_WORDS = Set.of("util", "common", "helper", "manager", "impl");

    /** Comments that do not begin with their subject, and words for which the field has others. */
    private static final Pattern TWISTED = Pattern.compile(
            "(?m)(?:/\\*\\*|^\\s*\\*|//)\\s+(?:Who|What|Whoever|For who)\\b|\\bin (?:the|its|their) stead\\b|\\bat rest\\b");

    private static final Set<String> PRINTING_PACKAGES = Set.of("pgrouter", "pgrouter.log");

    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?([a-z]\\w*(?:\\.[a-z]\\w*)*)\\.[A-Z*]", Pattern.MULTILINE);

    private static final Pattern COMMENT_OR_LITERAL = Pattern.compile(String.join(
            "|",
            "//[^\\n]*",
            "/\\*(?s:.*?)\\*/",
            "\"\"\"(?s:.*?)(?<!\\\\)\"\"\"",
            "\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"",
            "'[^'\\\\\\n]*+(?:\\\\.[^'\\\\\\n]*+)*+'"));

    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");

    private static final Set<String> JDK_PACKAGES = ModuleFinder.ofSystem().findAll().stream()
            .map(ModuleReference::descriptor)
            .flatMap(module -> module.packages().stream())
            .collect(Collectors.toUnmodifiableSet());

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("pgrouter");

    private static final List<Source> SOURCES = readSources();

    private record Source(Path file, String packageName, String text) {
        /** The text without comments and literals: what is left are keywords, names and operators. */
        String code() {
            return COMMENT_OR_LITERAL.matcher(text).replaceAll("\"\"");
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** One package uses another; {@code where} is for the reader of a failure. */
    private record Use(String from, String to, String where) {
        boolean isBetweenOurPackages() {
            return !from.equals(to) && isOurs(to);
        }

        boolean pointsDownwards() {
            return level(to) < level(from);
        }

        private static int level(String packageName) {
            return LEVELS.getOrDefault(packageName, Integer.MAX_VALUE);
        }
    }

    @Test
    void everyPackageHasALevel() {
        assertThat(SOURCES)
                .extracting(Source::packageName)
                .allSatisfy(name -> assertThat(LEVELS).containsKey(name));
    }

    @Test
    void aPackageUsesOnlyLowerLevels() {
        assertThat(uses().filter(Use::isBetweenOurPackages).filter(use -> !use.pointsDownwards()))
                .isEmpty();
    }

    @Test
    void leavesUseOnlyJavaAndItsTls() {
        Predicate<String> allowed =
                name -> name.startsWith("java.") || name.startsWith("javax.net.ssl") || name.startsWith("jdk.net");
        assertThat(uses().filter(use -> LEVELS.getOrDefault(use.from(), 0) == 0)
                        .filter(use -> !use.to().equals(use.from()) && !allowed.test(use.to())))
                .isEmpty();
    }

    @Test
    void onlyTheJdkIsUsed() {
        assertThat(uses().filter(use -> !isOurs(use.to()) && !JDK_PACKAGES.contains(use.to())))
                .isEmpty();
    }

    @Test
    void noNameIsVague() {
        Stream<String> names = Stream.concat(
                SOURCES.stream().map(Source::packageName), CLASSES.stream().map(JavaClass::getSimpleName));
        assertThat(names.distinct().filter(ArchitectureTest::isVague)).isEmpty();
    }

    @Test
    void noCommentIsTwisted() {
        assertThat(SOURCES)
                .allSatisfy(source -> assertThat(TWISTED.matcher(source.text()).results())
                        .as("%s", source)
                        .extracting(MatchResult::group)
                        .isEmpty());
    }

    /** A virtual thread that waits for a monitor holds its carrier on Java 21 to 23: use a lock. */
    @Test
    void nothingIsSynchronized() {
        assertThat(sourcesWith("\\bsynchronized\\b")).isEmpty();
    }

    /** A virtual thread is made for each client and connection, so a ThreadLocal keeps one copy for each. */
    @Test
    void nothingIsThreadLocal() {
        assertThat(sourcesWith("\\b(Inheritable)?ThreadLocal\\b")).isEmpty();
    }

    /** Printing may block, and a carrier must not: everything else hands its lines to the log. */
    @Test
    void onlyTheLogAndTheCommandLinePrint() {
        assertThat(sourcesWith("\\bSystem\\s*\\.\\s*(out|err)\\b|\\bprintStackTrace\\(\\s*\\)")
                        .filter(source -> !PRINTING_PACKAGES.contains(source.packageName())))
                .isEmpty();
    }

    /**
     * A virtual thread that a thread of a carrier starts runs on that carrier, where it holds up sessions: {@code BlockingTasks} starts one
     * anywhere else. These packages start them for sessions, or on platform threads.
     */
    @Test
    void nothingButSessionsStartsThreadsWhereItRuns() {
        assertThat(sourcesWith("\\bofVirtual\\b|\\bstartVirtualThread\\b|\\bnewVirtualThreadPerTaskExecutor\\b")
                        .map(Source::packageName)
                        .distinct())
                .containsExactlyInAnyOrder("pgrouter.net", "pgrouter.session", "pgrouter.http", "pgrouter.process");
        assertThat(sourcesWith("\\bCarrier\\s*\\.\\s*JDK\\s*\\.\\s*start\\b")).isEmpty();
    }

    /** Another kind of I/O replaces these files, and nothing else. */
    @Test
    void onlyThePollersNameChannelsOfSockets() {
        assertThat(sourcesWith("\\b(Server)?SocketChannel\\b|\\bSelector\\b|\\bSelectionKey\\b")
                        .filter(source -> !source.packageName().equals("pgrouter.net") || !isOfPoller(source)))
                .isEmpty();
        assertThat(sourcesWith("\\b(Nio|Epoll)[A-Z]\\w*\\b")
                        .filter(source -> !isOfPoller(source))
                        .map(source -> source.file().getFileName().toString()))
                .containsExactly("Poller.java");
    }

    private static boolean isOfPoller(Source source) {
        String name = source.file().getFileName().toString();
        return name.startsWith("Nio") || name.startsWith("Epoll");
    }

    private static Stream<Use> uses() {
        return Stream.concat(
                CLASSES.stream().flatMap(ArchitectureTest::compiledUses),
                SOURCES.stream().flatMap(ArchitectureTest::imports));
    }

    private static Stream<Use> compiledUses(JavaClass from) {
        return from.getDirectDependenciesFromSelf().stream()
                .filter(use -> !use.getTargetClass().getBaseComponentType().isPrimitive())
                .map(use -> new Use(
                        from.getPackageName(),
                        use.getTargetClass().getBaseComponentType().getPackageName(),
                        use.getDescription()));
    }

    private static Stream<Use> imports(Source source) {
        return IMPORT.matcher(source.code())
                .results()
                .map(found -> new Use(
                        source.packageName(), found.group(1), source.file().toString()));
    }

    private static Stream<Source> sourcesWith(String regex) {
        Predicate<String> present = Pattern.compile(regex).asPredicate();
        return SOURCES.stream().filter(source -> present.test(source.code()));
    }

    private static boolean isOurs(String packageName) {
        return packageName.equals("pgrouter") || packageName.startsWith("pgrouter.");
    }

    private static boolean isVague(String name) {
        return WORD.matcher(name)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .anyMatch(word -> VAGUE_WORDS.contains(word.replaceFirst("s$", "")));
    }

    private static List<Source> readSources() {
        Path root = Path.of("src/main/java");
        if (Files.notExists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> readSource(root, file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Source readSource(Path root, Path file) {
        try {
            String packageName = root.relativize(file.getParent()).toString().replace('/', '.');
            return new Source(file, packageName, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

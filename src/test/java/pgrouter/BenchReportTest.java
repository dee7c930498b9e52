package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of scripts/bench, made of runs whose figures are known. Its programs are compiled here as the script does it. */
final class BenchReportTest {
    private static final Path SOURCES = Path.of("scripts", "bench.d");

    private static final String RUNS = """
            workload\ttarget\tround\toutcome\trate\tprocessor_us\tresident_bytes\tp50_us\tp99_us\tdetail
            tls\tpgrouter\t0\tLEFT_OUT\t\t\t\t\t\tspeaks no TLS here
            tpcb\tdirect\t1\tOK\t1000.000\t\t\t4000.000\t9000.000
            tpcb\tpgrouter\t1\tOK\t900.000\t20.000\t100000000.000\t4100.000\t9100.000
            tpcb\tdirect\t2\tOK\t2000.000\t\t\t2000.000\t8000.000
            tpcb\tpgrouter\t2\tOK\t1000.000\t30.000\t104000000.000\t4300.000\t9300.000
            copy-out\tdirect\t1\tOK\t400000000.000
            copy-out\tpgrouter\t1\tFAILED\t\t\t\t\t\texit code 1: no route
            copy-out\tdirect\t2\tOK\t410000000.000
            copy-out\tpgrouter\t2\tOK\t205000000.000\t900.000\t120000000.000
            """;

    @TempDir
    private static Path programs;

    @TempDir
    private Path work;

    @BeforeAll
    static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        List<String> options = List.of("-Xlint:all", "-Werror", "--release", "21", "-d", programs.toString());
        try (Stream<Path> files = Files.list(SOURCES);
                StandardJavaFileManager sources = compiler.getStandardFileManager(null, null, null)) {
            List<Path> java =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            boolean compiled = compiler.getTask(
                            output, sources, null, options, null, sources.getJavaFileObjectsFromPaths(java))
                    .call();
            assertThat(compiled).as(output.toString()).isTrue();
        }
    }

    @Test
    void ratiosAreOfTheMediansAndInPairs() throws Exception {
        assertThat(report())
                .contains("| direct | 1500 | 1000 | 2000 | 1.00 | 1.00 | 0.63 | 0.70 | – | – | 3.000 | 8.500 |")
                .contains("| pgrouter | 950 | 900 | 1000 | 0.63 | 0.70 |  |  | 25.0 | 102 | 4.200 | 9.200 |");
    }

    @Test
    void aFailedRunIsNamedAndHasNoPart() throws Exception {
        assertThat(report())
                .contains("**failed**: copy-out, pgrouter, round 1: exit code 1: no route")
                .contains("| pgrouter (1 of 2 runs) | 205 | 205 | 205 | 0.51 | 0.50 |  |  | 900.0 | 120 |");
    }

    @Test
    void whatIsLeftOutIsNamedWithItsReason() throws Exception {
        assertThat(report())
                .contains("- haproxy: haproxy is not installed")
                .contains("- tls, pgrouter: speaks no TLS here");
    }

    @Test
    void theSummaryHasARowForEachWorkload() throws Exception {
        assertThat(report())
                .contains("| pgrouter ÷ | direct | haproxy |")
                .contains("| tpcb | 0.70 | – |")
                .contains("| copy-out | 0.50 | – |");
    }

    @Test
    void everyRunLiesBesideTheReport() throws Exception {
        report();
        assertThat(work.resolve("report.tsv")).hasContent(Files.readString(work.resolve("runs")));
    }

    private String report() throws Exception {
        write("settings", """
                rounds=2
                seconds=3
                workloads=tpcb copy-out tls
                plots=false
                scale=10
                copies=1
                primary=1
                standbys=2 3
                ticks=100
                page=4096
                """);
        write("targets", """
                direct\t1\t0\tthe primary itself\t
                pgrouter\t2\t7\tpgrouter 1.0\t
                haproxy\t0\t0\t\thaproxy is not installed
                """);
        write("facts", "command\tscripts/bench\n");
        write("memory", "pgrouter\tSTARTED\t1000000\t900000\t1100000\n");
        write("runs", padded());
        Path report = work.resolve("report.md");
        run("Report", work.toString(), SOURCES.toString(), report.toString());
        return Files.readString(report);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(work.resolve(file), text);
    }

    /** With the empty fields at the end of a line. */
    private static String padded() {
        StringBuilder text = new StringBuilder();
        RUNS.lines().forEach(line -> {
            long fields = line.chars().filter(character -> character == '\t').count();
            text.append(line).append("\t".repeat((int) (9 - fields))).append('\n');
        });
        return text.toString();
    }

    private static void run(String program, String... arguments) throws Exception {
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {programs.toUri().toURL()})) {
            Method main = classes.loadClass(program).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) arguments);
        }
    }
}

package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of scripts/bench, made of runs whose figures are known. */
final class BenchReportTest {
    private static final String RUNS = """
            workload\ttarget\tround\toutcome\trate\tprocessor_us\tresident_bytes\tp50_us\tp99_us\tdetail
            tls\tpgrouter\t0\tLEFT_OUT\t\t\t\t\t\tspeaks no TLS here
            tpcb\tdirect\t1\tOK\t1000.000\t\t\t4000.000\t9000.000
            tpcb\tpgrouter\t1\tOK\t900.000\t20.000\t100000000.000\t4100.000\t9100.000
            tpcb\tdirect\t2\tOK\t2000.000\t\t\t2000.000\t8000.000
            tpcb\tpgrouter\t2\tOK\t1000.000\t30.000\t104000000.000\t4300.000\t9300.000
            tpcb\tpgbouncer-transaction\t1\tOK\t1000.000\t10.000\t10000000.000\t4000.000\t9000.000
            tpcb\tpgbouncer-transaction\t2\tOK\t1250.000\t20.000\t10000000.000\t4000.000\t9000.000
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
        BenchPrograms.compile(programs);
    }

    @Test
    void processorTimeIsFirstAndRatiosAreOfPairs() throws Exception {
        assertThat(report())
                .contains(
                        "| target | processor µs/request | min | max | ÷ PgBouncer | tps | min | max | ÷ PgBouncer | ÷ direct |")
                .contains("| direct | – | – | – | – | 1500 | 1000 | 2000 | 1.30 | 1.00 | – | 3.000 | 8.500 |")
                .contains(
                        "| pgrouter | 25.0 | 20.0 | 30.0 | 1.75 | 950 | 900 | 1000 | 0.85 | 0.70 | 102 | 4.200 | 9.200 |");
    }

    @Test
    void aFailedRunIsNamedAndHasNoPart() throws Exception {
        assertThat(report())
                .contains("**failed**: copy-out, pgrouter, round 1: exit code 1: no route")
                .contains("| pgrouter (1 of 2 runs) | 900.0 | 900.0 | 900.0 | – | 205 | 205 | 205 | – | 0.50 | 120 |");
    }

    @Test
    void whatIsLeftOutIsNamedWithItsReason() throws Exception {
        assertThat(report())
                .contains("- haproxy: haproxy is not installed")
                .contains("- tls, pgrouter: speaks no TLS here");
    }

    @Test
    void theSummaryHasARowForEachWorkloadAndProcessorTimeFirst() throws Exception {
        assertThat(report())
                .containsSubsequence(
                        "| pgrouter ÷ | pgbouncer-transaction |",
                        "| tpcb | 1.75 |",
                        "| copy-out | – |",
                        "| pgrouter ÷ | direct | pgbouncer-transaction |",
                        "| tpcb | 0.70 | 0.85 |",
                        "| copy-out | 0.50 | – |");
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
                postmasters=4 5 6
                ticks=100
                page=4096
                """);
        write("targets", """
                direct\t1\t0\tthe primary itself\t
                pgrouter\t2\t7\tpgrouter 1.0\t
                pgbouncer-transaction\t3\t8\tPgBouncer 1.24\t
                haproxy\t0\t0\t\thaproxy is not installed
                """);
        write("facts", "command\tscripts/bench\n");
        write("memory", "pgrouter\tSTARTED\t1000000\t900000\t1100000\n");
        write("runs", padded());
        Path report = work.resolve("report.md");
        run("Report", work.toString(), BenchPrograms.SOURCES.toString(), report.toString());
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

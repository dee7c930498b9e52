package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What scripts/bench counts, of a pgbench that tells what it is told to tell, and of targets that do nothing. */
@EnabledOnOs(OS.LINUX)
final class BenchMeasureTest {
    /** Two transactions of 1 ms between the first line of progress and the second; slow ones before and after. */
    private static final String PGBENCH = """
            #!/bin/sh
            trap '' ALRM
            for second in $SECONDS_OF_PROGRESS; do echo "progress: $second.000 s, 2.0 tps, lat 1.000 ms"; done
            while [ $# -gt 1 ]; do
                if [ "$1" = --log-prefix ]; then
                    echo "0 1 9000 0 1000 500000" >"$2.1"
                    echo "0 2 1000 0 1001 200000" >>"$2.1"
                    echo "0 3 1000 0 1001 700000" >>"$2.1"
                    echo "0 4 9000 0 1002 500000" >>"$2.1"
                fi
                shift
            done
            """;

    @TempDir
    private static Path programs;

    @TempDir
    private Path work;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void compile() throws IOException {
        BenchPrograms.compile(programs);
    }

    @BeforeEach
    void write() throws IOException {
        program("pgbench", PGBENCH);
        program("psql", "#!/bin/sh\n");
        Files.writeString(work.resolve("settings"), """
                rounds=2
                seconds=1
                workloads=select-1
                plots=false
                scale=10
                copies=1
                primary=1
                standbys=2 3
                postmasters=%d
                ticks=100
                page=4096
                """.formatted(idle()));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroy);
    }

    @Test
    void onlyWhatHappensBetweenTheFirstLineOfProgressAndTheLastButOneCounts() throws Exception {
        targets(idle(), idle());
        int exitCode = measure("1001 1002 1003");
        assertThat(exitCode).as(Files.readString(work.resolve("output"))).isZero();
        assertThat(runs())
                .filteredOn(run -> run.startsWith("select-1 simple\tpgrouter\t1\t"))
                .singleElement()
                .asString()
                .matches("select-1 simple\tpgrouter\t1\tOK\t2\\.000\t0\\.000\t[0-9.]+\t1000\\.000\t1000\\.000\t");
    }

    @Test
    void everySecondRoundHasTheReverseOrder() throws Exception {
        targets(idle(), idle());
        measure("1001 1002 1003");
        assertThat(order("select-1 simple\t", 1)).containsExactly("direct", "pgrouter", "haproxy");
        assertThat(order("select-1 simple\t", 2)).containsExactly("haproxy", "pgrouter", "direct");
        assertThat(order("select-1 extended\t", 1)).containsExactly("pgrouter", "haproxy", "direct");
        assertThat(order("select-1 extended\t", 2)).containsExactly("direct", "haproxy", "pgrouter");
    }

    @Test
    void aRunThatEndsEarlyFails() throws Exception {
        targets(idle(), idle());
        assertThat(measure("1001 1002")).isOne();
        assertThat(runs()).last().asString().contains("FAILED").endsWith("ended after 2 lines of progress, not 3");
    }

    @Test
    void targetsInOneSchedulingGroupAreNotMeasured() throws Exception {
        assumeThat(Path.of("/proc/self/autogroup")).exists();
        long both = idle();
        targets(both, both);
        assertThat(measure("1001 1002 1003")).isOne();
        assertThat(work.resolve("output")).content().contains("haproxy shares a scheduling group with pgrouter");
    }

    private void program(String name, String text) throws IOException {
        Path bin = Files.createDirectories(work.resolve("bin"));
        Files.setPosixFilePermissions(
                Files.writeString(bin.resolve(name), text), PosixFilePermissions.fromString("rwx------"));
    }

    /** A process that has come to a session of its own. */
    private long idle() throws IOException {
        Process process = new ProcessBuilder("setsid", "sh", "-c", "echo; exec sleep 600").start();
        started.add(process);
        process.inputReader().readLine();
        return process.pid();
    }

    private void targets(long pgrouter, long haproxy) throws IOException {
        Files.writeString(work.resolve("targets"), """
                direct\t1\t0\tthe primary itself\t
                pgrouter\t2\t%d\tpgrouter 1.0\t
                haproxy\t3\t%d\tHAProxy 3.0\t
                """.formatted(pgrouter, haproxy));
    }

    private int measure(String seconds) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder measure = new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        programs.toString(),
                        "Measure",
                        work.toString(),
                        BenchPrograms.SOURCES.toString())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("output").toFile());
        measure.environment().merge("PATH", work.resolve("bin") + ":", (path, bin) -> bin + path);
        measure.environment().put("SECONDS_OF_PROGRESS", seconds);
        return measure.start().waitFor();
    }

    private List<String> runs() throws IOException {
        return Files.readAllLines(work.resolve("runs"));
    }

    private List<String> order(String workload, int round) throws IOException {
        return runs().stream()
                .filter(run -> run.startsWith(workload))
                .map(run -> run.split("\t"))
                .filter(run -> run[2].equals("" + round))
                .map(run -> run[1])
                .toList();
    }
}

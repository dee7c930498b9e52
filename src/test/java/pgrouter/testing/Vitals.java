package pgrouter.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a JVM takes of its host, as Linux and the JDK's tools tell it. */
public final class Vitals {
    private static final Set<String> THREADS = Set.of("java.lang.Thread", "java.lang.VirtualThread");
    private static final int INSTANCES = 1;
    private static final int BYTES = 2;
    private static final int CLASS = 3;

    private final long pid;

    Vitals(long pid) {
        this.pid = pid;
    }

    /** Skips the test where the kernel does not tell what a process needs. */
    public static void assumeKnown() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "memory is measured on Linux only");
    }

    /** The memory that it has now, in bytes: VmRSS of proc_pid_status(5). */
    public long resident() throws IOException {
        return status("VmRSS:") * 1024;
    }

    /** The most memory that it ever had, in bytes. */
    public long peak() throws IOException {
        return status("VmHWM:") * 1024;
    }

    /** Threads of the operating system. */
    public long platformThreads() throws IOException {
        return status("Threads:");
    }

    private long status(String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            String line =
                    lines.filter(each -> each.startsWith(name)).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        }
    }

    /** Open files and sockets. */
    public long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    /**
     * Threads that live or are still referred to, virtual ones too, after a full collection. They are counted as objects: a dump of the
     * virtual threads can end a process of JDK 25 that works.
     */
    public long threads() {
        return histogram()
                .filter(line -> line.length > CLASS && THREADS.contains(line[CLASS]))
                .mapToLong(line -> Long.parseLong(line[INSTANCES]))
                .sum();
    }

    /** Bytes of living objects, which is known after a full collection. */
    public long heap() {
        return histogram()
                .filter(line -> line[0].equals("Total"))
                .mapToLong(line -> Long.parseLong(line[BYTES]))
                .sum();
    }

    /** By class: number, instances, bytes, name. */
    private Stream<String[]> histogram() {
        return jcmd("GC.class_histogram")
                .lines()
                .map(line -> line.trim().split(" +"))
                .filter(line -> line.length > BYTES);
    }

    /** Now and then the tool does not find a process that is there, and is asked again. */
    private String jcmd(String... command) {
        AtomicReference<String> output = new AtomicReference<>("");
        Await.until("jcmd answers", () -> {
            Optional<String> answer = tryJcmd(command);
            answer.ifPresent(output::set);
            return answer.isPresent();
        });
        return output.get();
    }

    private Optional<String> tryJcmd(String... command) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        Jar.quickly().forEach(option -> words.add("-J" + option));
        words.add(Long.toString(pid));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    }
}

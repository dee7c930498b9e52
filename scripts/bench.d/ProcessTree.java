import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A process and those that descend from it, as Linux tells of them in /proc (see proc(5)). */
record ProcessTree(List<Path> processes, int pageSize) {
    // Places behind the name of the program, which is in parentheses and may hold anything.
    private static final int USER_TIME = 11;
    private static final int TIMES = 4;
    private static final int RESIDENT = 21;

    static ProcessTree none() {
        return new ProcessTree(List.of(), 0);
    }

    /** @param root 0 for no process at all */
    static ProcessTree of(long root, int pageSize) {
        if (root == 0) {
            return none();
        }
        Stream<Long> children = ProcessHandle.of(root).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
        return new ProcessTree(
                Stream.concat(Stream.of(root), children)
                        .map(process -> Path.of("/proc", process.toString()))
                        .toList(),
                pageSize);
    }

    Usage usage() {
        long ticks = 0;
        long pages = 0;
        for (Path process : processes) {
            String[] fields = fields(process);
            if (fields.length > RESIDENT) {
                ticks += LongStream.range(USER_TIME, USER_TIME + TIMES)
                        .map(at -> Long.parseLong(fields[(int) at]))
                        .sum();
                pages += Long.parseLong(fields[RESIDENT]);
            }
        }
        return new Usage(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), ticks, pages * pageSize);
    }

    /** None where the process has ended; its times are then among those of its parent. */
    private static String[] fields(Path process) {
        String line = read(process.resolve("stat"));
        return line.substring(line.lastIndexOf(')') + 1).strip().split(" ");
    }

    /** The sum of a figure in kB of "status" or "smaps_rollup", in bytes. */
    long sum(String file, String figure) {
        return processes.stream()
                .flatMap(process -> read(process.resolve(file)).lines())
                .filter(line -> line.startsWith(figure + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }
}

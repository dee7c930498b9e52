import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory of a proxy at one moment, in bytes and summed over its processes: a line of the file "memory".
 *
 * @param resident VmRSS: a page that processes share counts for each of them
 * @param proportional Pss: a shared page counts once; 0 where the kernel does not tell
 * @param peak VmHWM: the most that each process ever had
 */
record Memory(String target, Moment moment, long resident, long proportional, long peak) {
    enum Moment {
        STARTED,
        DONE
    }

    static Memory of(Target target, Moment moment) {
        ProcessTree tree = ProcessTree.of(target.process(), 0);
        return new Memory(
                target.name(),
                moment,
                tree.sum("status", "VmRSS"),
                tree.sum("smaps_rollup", "Pss"),
                tree.sum("status", "VmHWM"));
    }

    String line() {
        return String.join("\t", target, "" + moment, "" + resident, "" + proportional, "" + peak);
    }

    static List<Memory> readAll(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(Memory::read).toList();
    }

    private static Memory read(String line) {
        String[] fields = line.split("\t");
        return new Memory(
                fields[0],
                Moment.valueOf(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]));
    }
}

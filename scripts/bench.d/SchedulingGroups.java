import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The groups between which Linux shares the processors, before it shares within each: one for each session (autogroup, see sched(7)).
 * The same program is faster in one group than in another, so that each of those that are measured must have its own.
 */
final class SchedulingGroups {
    private final Map<String, String> owners = new HashMap<>();

    /** @throws IOException where another program has the group already */
    void add(String program, long process) throws IOException {
        Optional<String> other = owner(process);
        if (other.isPresent()) {
            throw new IOException(program + " shares a scheduling group with " + other.get());
        }
        group(process).ifPresent(group -> owners.put(group, program));
    }

    /** The program that was added and has the group of the process. */
    Optional<String> owner(long process) {
        return group(process).map(owners::get);
    }

    /** None where the kernel makes no groups, or the process has ended. */
    private static Optional<String> group(long process) {
        try {
            // Such as "/autogroup-25 nice 0".
            String line = Files.readString(Path.of("/proc", "" + process, "autogroup"));
            return line.isBlank() ? Optional.empty() : Optional.of(line.split(" ")[0]);
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}

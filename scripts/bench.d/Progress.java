import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads pgbench's lines of progress while they come, notes at each how much its target has used, and ends pgbench at the last. The
 * time of pgbench's own -T begins before its clients connect, so that a target with slow logins would run for less, or not at all;
 * the first line comes a second after all of them have.
 */
final class Progress implements BiConsumer<Process, String> {
    /** The options of pgbench that make it write a line each second, with the time of its clock. */
    static final List<String> OPTIONS = List.of("-P", "1", "--progress-timestamp");

    private static final Pattern LINE = Pattern.compile("progress: ([0-9]+)\\.([0-9]{3}) s, .*");

    private final ProcessTree target;
    private final SchedulingGroups groups;
    private final int lines;
    private final List<Window.Mark> marks = new ArrayList<>();
    private Optional<String> groupMate = Optional.empty();

    /**
     * @param groups those that pgbench must not be in
     * @param lines the number of lines after which pgbench is to end
     */
    Progress(ProcessTree target, SchedulingGroups groups, int lines) {
        this.target = target;
        this.groups = groups;
        this.lines = lines;
    }

    @Override
    public void accept(Process pgbench, String line) {
        Matcher progress = LINE.matcher(line);
        if (progress.matches()) {
            long micros = Long.parseLong(progress.group(1) + progress.group(2)) * 1000;
            marks.add(new Window.Mark(micros, target.usage()));
            if (marks.size() == 1) {
                groupMate = groups.owner(pgbench.pid());
            }
            if (marks.size() == lines) {
                end(pgbench);
            }
        }
    }

    /** By this signal pgbench learns that the time of -T is over; it ends in good order. */
    private static void end(Process pgbench) {
        try {
            new ProcessBuilder("kill", "-ALRM", "" + pgbench.pid()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why the run does not count. */
    Optional<String> failure() {
        if (marks.size() < lines) {
            return Optional.of("ended after " + marks.size() + " lines of progress, not " + lines);
        }
        return groupMate.map(program -> "pgbench shares a scheduling group with " + program);
    }

    /** From the first line to the last but one: without the first second, and without the end. */
    Window window() {
        return new Window(marks.getFirst(), marks.get(lines - 2));
    }
}

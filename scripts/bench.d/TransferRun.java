import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs one large statement in psql, which says how long it took from the statement to the end of its answer. */
final class TransferRun {
    private static final Pattern TIME = Pattern.compile("Time: ([0-9.]+) ms");

    private final Settings settings;
    private final Workload.Transfer workload;
    private final Target target;

    TransferRun(Settings settings, Workload.Transfer workload, Target target) {
        this.settings = settings;
        this.workload = workload;
        this.target = target;
    }

    Run measure(int round) throws IOException, InterruptedException {
        ProcessTree tree = ProcessTree.of(target.process(), settings.pageSize());
        Client client = Client.run(command(), workload.input(), tree, (process, line) -> {});
        Matcher time = TIME.matcher(client.output());
        if (client.failure().isPresent() || !time.find()) {
            return Run.failed(workload, target, round, client.failure().orElse("psql tells no time"));
        }
        return run(round, client, Double.parseDouble(time.group(1)) / 1e3);
    }

    private List<String> command() {
        return List.of(
                "psql",
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-p",
                "" + target.port(),
                "-o",
                "/dev/null",
                "-c",
                "\\timing on",
                "-c",
                workload.sql());
    }

    private Run run(int round, Client client, double seconds) {
        return new Run(
                workload.name(),
                target.name(),
                round,
                Run.Outcome.OK,
                workload.bytes() / seconds,
                target.isProxy() ? processorTime(client.usages()) : Double.NaN,
                target.isProxy() ? client.resident() : Double.NaN,
                Double.NaN,
                Double.NaN,
                "");
    }

    /** All of the run, with its one login. */
    private double processorTime(List<Usage> usages) {
        long ticks = usages.getLast().ticks() - usages.getFirst().ticks();
        return (double) ticks / settings.ticksPerSecond() * 1e6 / (workload.bytes() / 1e6);
    }
}

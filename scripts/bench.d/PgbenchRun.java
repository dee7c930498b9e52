import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs pgbench, and finds in its log what it did between its lines of progress: no login counts, and no first second. */
final class PgbenchRun {
    private static final int MOST_SECONDS = 300;
    // The first second, and the last.
    private static final int SECONDS_NOT_COUNTED = 2;

    private final Settings settings;
    private final SchedulingGroups groups;
    private final Workload.Pgbench workload;
    private final Target target;
    private final ProcessTree tree;

    PgbenchRun(Settings settings, SchedulingGroups groups, Workload.Pgbench workload, Target target) {
        this.settings = settings;
        this.groups = groups;
        this.workload = workload;
        this.target = target;
        this.tree = ProcessTree.of(target.process(), settings.pageSize());
    }

    void warmUp() throws IOException, InterruptedException {
        pgbench(new Progress(tree, groups, settings.seconds()), List.of());
    }

    Run measure(int round) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("log");
        try {
            Progress progress = new Progress(tree, groups, settings.seconds() + SECONDS_NOT_COUNTED);
            Client client = pgbench(progress, List.of("-l", "--log-prefix", "" + directory.resolve("transactions")));
            TransactionLog log = TransactionLog.read(directory, "transactions");
            return failure(client, progress, log)
                    .map(why -> Run.failed(workload, target, round, why))
                    .orElseGet(() -> run(round, client, progress.window(), log));
        } finally {
            delete(directory);
        }
    }

    private Client pgbench(Progress progress, List<String> log) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        if (is(Workload.Trait.ENCRYPTS)) {
            command.addAll(List.of("env", "PGSSLMODE=require"));
        }
        if (is(Workload.Trait.OPTIMISTIC) && target.isPgrouter()) {
            command.addAll(List.of("env", "PGOPTIONS=-cpgrouter.transactions=optimistic"));
        }
        command.addAll(List.of("pgbench", "-n", "-p", "" + target.port()));
        command.addAll(List.of("-c", "" + workload.clients(), "-j", "" + threads()));
        command.addAll(List.of("-T", "" + MOST_SECONDS));
        command.addAll(Progress.OPTIONS);
        command.addAll(log);
        command.addAll(workload.arguments());
        return Client.run(command, Client.NO_INPUT, tree, progress);
    }

    private boolean is(Workload.Trait trait) {
        return workload.traits().contains(trait);
    }

    /** Half of the processors are left to the rest. But a thread of pgbench opens one connection at a time. */
    private int threads() {
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return is(Workload.Trait.RECONNECTS) ? workload.clients() : Math.min(half, workload.clients());
    }

    private static Optional<String> failure(Client client, Progress progress, TransactionLog log) {
        if (client.failure().isPresent()) {
            return client.failure();
        }
        if (log.failed() > 0) {
            return Optional.of(log.failed() + " transactions failed");
        }
        if (progress.failure().isPresent()) {
            return progress.failure();
        }
        boolean idle = log.within(progress.window()).transactions().isEmpty();
        return idle ? Optional.of("completed no transaction in the seconds that count") : Optional.empty();
    }

    private Run run(int round, Client client, Window window, TransactionLog all) {
        TransactionLog log = all.within(window);
        double rate = log.transactions().size() / window.seconds();
        long[] latencies = is(Workload.Trait.RECONNECTS) ? log.cycles() : log.latencies();
        return new Run(
                workload.name(),
                target.name(),
                round,
                Run.Outcome.OK,
                rate,
                target.isProxy() ? processorTime(window) / (rate * workload.requests()) : Double.NaN,
                target.isProxy() ? client.resident() : Double.NaN,
                Statistics.percentile(latencies, 50),
                Statistics.percentile(latencies, 99),
                "");
    }

    /** Microseconds in a second. */
    private double processorTime(Window window) {
        return window.ticksPerSecond() / settings.ticksPerSecond() * 1e6;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}

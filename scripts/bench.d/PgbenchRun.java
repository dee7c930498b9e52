import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs pgbench and finds in what it wrote, and in its log of transactions, what one run has to say. */
final class PgbenchRun {
    // Behind it stands how the time for connections was counted: left out, or with -C counted.
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
    private static final int MOST_SECONDS = 300;

    private final Settings settings;
    private final Workload.Pgbench workload;
    private final Target target;

    PgbenchRun(Settings settings, Workload.Pgbench workload, Target target) {
        this.settings = settings;
        this.workload = workload;
        this.target = target;
    }

    Run measure(int round) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("log");
        try {
            ProcessTree tree = ProcessTree.of(target.process(), settings.pageSize());
            Client client = Client.run(command(directory), Client.NO_INPUT, tree, alarm());
            TransactionLog log = TransactionLog.read(directory, "transactions");
            return failure(client, log)
                    .map(why -> Run.failed(workload, target, round, why))
                    .orElseGet(() -> run(round, client, log));
        } finally {
            delete(directory);
        }
    }

    private List<String> command(Path directory) {
        List<String> command = new ArrayList<>();
        if (is(Workload.Trait.ENCRYPTS)) {
            command.addAll(List.of("env", "PGSSLMODE=require"));
        }
        if (is(Workload.Trait.OPTIMISTIC) && target.name().equals(Target.PGROUTER)) {
            command.addAll(List.of("env", "PGOPTIONS=-cpgrouter.transactions=optimistic"));
        }
        command.addAll(List.of("pgbench", "-n", "-p", "" + target.port()));
        command.addAll(List.of("-c", "" + workload.clients(), "-j", "" + threads()));
        command.addAll(List.of("-l", "--log-prefix", "" + directory.resolve("transactions")));
        command.addAll(workload.arguments());
        if (!isCounted()) {
            command.addAll(List.of("-T", "" + (is(Workload.Trait.RECONNECTS) ? settings.seconds() : MOST_SECONDS)));
        }
        return command;
    }

    private Consumer<Process> alarm() {
        if (isCounted() || is(Workload.Trait.RECONNECTS)) {
            return ignored -> {};
        }
        return new Alarm(workload.clients(), Duration.ofSeconds(settings.seconds()));
    }

    private boolean isCounted() {
        return workload.arguments().contains("-t");
    }

    private boolean is(Workload.Trait trait) {
        return workload.traits().contains(trait);
    }

    /** Half of the processors are left to the rest. But a thread of pgbench opens one connection at a time. */
    private int threads() {
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return is(Workload.Trait.RECONNECTS) ? workload.clients() : Math.min(half, workload.clients());
    }

    private static Optional<String> failure(Client client, TransactionLog log) {
        if (client.failure().isPresent()) {
            return client.failure();
        }
        if (log.failed() > 0) {
            return Optional.of(log.failed() + " transactions failed");
        }
        return log.transactions().isEmpty() ? Optional.of("completed no transaction") : Optional.empty();
    }

    private Run run(int round, Client client, TransactionLog log) {
        long[] latencies = is(Workload.Trait.RECONNECTS) ? log.cycles() : log.latencies();
        return new Run(
                workload.name(),
                target.name(),
                round,
                Run.Outcome.OK,
                rate(client.output()),
                target.isProxy() ? processorTime(client.usages(), log) : Double.NaN,
                target.isProxy() ? client.resident() : Double.NaN,
                Statistics.percentile(latencies, 50),
                Statistics.percentile(latencies, 99),
                "");
    }

    private static double rate(String output) {
        Matcher tps = TPS.matcher(output);
        return tps.find() ? Double.parseDouble(tps.group(1)) : Double.NaN;
    }

    /** Between the first and the last sample while transactions ran: the logins of the clients are before it. */
    private double processorTime(List<Usage> usages, TransactionLog log) {
        List<Usage> during = usages.stream()
                .filter(usage -> log.begin() <= usage.time() && usage.time() <= log.end())
                .toList();
        if (during.isEmpty()) {
            return Double.NaN;
        }
        Usage first = during.getFirst();
        Usage last = during.getLast();
        double seconds = (double) (last.ticks() - first.ticks()) / settings.ticksPerSecond();
        long requests = workload.requests() * log.completedBetween(first.time(), last.time());
        return requests == 0 ? Double.NaN : seconds * 1e6 / requests;
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

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs every workload on every target, round after round, and writes each run down at once. Arguments: the working directory of
 * scripts/bench and the directory of these programs. Ends with 1 where a run failed.
 */
final class Measure {
    private final Settings settings;
    private final List<Target> targets;
    private final SchedulingGroups groups;
    private final Cluster cluster;
    private final PrintStream runs;
    private final PrintStream memory;
    private boolean failed;

    private Measure(
            Settings settings,
            List<Target> targets,
            SchedulingGroups groups,
            PrintStream runs,
            PrintStream memory) {
        this.settings = settings;
        this.targets = targets;
        this.groups = groups;
        this.cluster = new Cluster(settings);
        this.runs = runs;
        this.memory = memory;
    }

    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.read(Path.of(arguments[0]), Path.of(arguments[1]));
        try (PrintStream runs = new PrintStream(settings.work().resolve("runs").toFile());
                PrintStream memory =
                        new PrintStream(settings.work().resolve("memory").toFile())) {
            List<Target> targets = Target.readAll(settings.work());
            Measure measure = new Measure(settings, targets, groups(settings, targets), runs, memory);
            measure.all();
            System.exit(measure.failed ? 1 : 0);
        }
    }

    /** Of all that is up while pgbench runs. */
    private static SchedulingGroups groups(Settings settings, List<Target> targets) throws IOException {
        SchedulingGroups groups = new SchedulingGroups();
        groups.add("scripts/bench", ProcessHandle.current().pid());
        for (long postmaster : settings.postmasters()) {
            groups.add("PostgreSQL, process " + postmaster + ",", postmaster);
        }
        for (Target target : targets) {
            if (target.isProxy()) {
                groups.add(target.name(), target.process());
            }
        }
        return groups;
    }

    private void all() throws IOException, InterruptedException {
        Workloads workloads = new Workloads(settings);
        Map<Workload, List<Target>> chosen = able(workloads.chosen());
        runs.println(Run.HEADER);
        chosen.keySet().forEach(this::leaveOut);
        remember(Memory.Moment.STARTED);
        cluster.readAll();
        warmUp(able(workloads.warmUp()));
        for (int round = 1; round <= settings.rounds(); round++) {
            measure(round, chosen);
        }
        remember(Memory.Moment.DONE);
    }

    /** Asked once: a target that ends on the way fails, and is not left out. */
    private Map<Workload, List<Target>> able(List<Workload> workloads) {
        Map<Workload, List<Target>> able = new LinkedHashMap<>();
        for (Workload workload : workloads) {
            able.put(
                    workload,
                    targets.stream()
                            .filter(target ->
                                    Exclusions.reason(target, workload).isEmpty())
                            .toList());
        }
        return able;
    }

    private void leaveOut(Workload workload) {
        for (Target target : targets) {
            Exclusions.reason(target, workload)
                    .ifPresent(why ->
                            runs.println(Run.leftOut(workload, target, why).line()));
        }
    }

    private void remember(Memory.Moment moment) {
        targets.stream()
                .filter(target -> target.isThere() && target.isProxy())
                .forEach(target -> memory.println(Memory.of(target, moment).line()));
    }

    private void warmUp(Map<Workload, List<Target>> workloads) throws IOException, InterruptedException {
        System.err.println("warming up ...");
        for (Map.Entry<Workload, List<Target>> workload : workloads.entrySet()) {
            for (Target target : workload.getValue()) {
                for (int i = 0; i < target.warmUps(); i++) {
                    warmUp(workload.getKey(), target);
                }
            }
        }
        cluster.awaitReplay();
    }

    private void warmUp(Workload workload, Target target) throws IOException, InterruptedException {
        switch (workload) {
            case Workload.Pgbench pgbench -> new PgbenchRun(settings, groups, pgbench, target).warmUp();
            case Workload.Transfer transfer -> new TransferRun(settings, transfer, target).measure(0);
        }
    }

    private void measure(int round, Map<Workload, List<Target>> workloads) throws InterruptedException {
        int place = 0;
        for (Map.Entry<Workload, List<Target>> workload : workloads.entrySet()) {
            for (Target target : Turns.order(workload.getValue(), round, place++)) {
                writeDown(run(workload.getKey(), target, round));
            }
        }
    }

    private Run run(Workload workload, Target target, int round) throws InterruptedException {
        try {
            return switch (workload) {
                case Workload.Pgbench pgbench -> pgbench(pgbench, target, round);
                case Workload.Transfer transfer -> new TransferRun(settings, transfer, target).measure(round);
            };
        } catch (IOException e) {
            return Run.failed(workload, target, round, "" + e.getMessage());
        }
    }

    private Run pgbench(Workload.Pgbench workload, Target target, int round) throws IOException, InterruptedException {
        boolean writes = workload.traits().contains(Workload.Trait.WRITES);
        if (writes) {
            cluster.cleanUp();
        }
        Run run = new PgbenchRun(settings, groups, workload, target).measure(round);
        if (writes) {
            cluster.awaitReplay();
        }
        return run;
    }

    private void writeDown(Run run) {
        runs.println(run.line());
        failed |= !run.isOk();
        String result = run.isOk() ? Math.round(run.rate()) + "/s" : "FAILED: " + run.detail();
        System.err.printf("round %d  %-20s %-22s %s%n", run.round(), run.workload(), run.target(), result);
    }
}

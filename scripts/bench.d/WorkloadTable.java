import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** One workload in figures: a row for each target. */
final class WorkloadTable {
    private final Results results;
    private final List<String> targets;
    private final int rounds;

    WorkloadTable(Results results, List<String> targets, int rounds) {
        this.results = results;
        this.targets = targets;
        this.rounds = rounds;
    }

    String markdown(String workload) {
        Table table = new Table(1, header(workload));
        targets.stream()
                .filter(target -> results.hasRun(workload, target))
                .forEach(target -> table.row(row(workload, target)));
        return table.markdown();
    }

    private static List<String> header(String workload) {
        boolean transfer = Workloads.isTransfer(workload);
        List<String> header = new ArrayList<>(List.of("target"));
        header.addAll(List.of(transfer ? "processor µs/MB" : "processor µs/request", "min", "max", "÷ PgBouncer"));
        header.addAll(List.of(transfer ? "MB/s" : "tps", "min", "max", "÷ PgBouncer", "÷ direct", "memory MB"));
        if (!transfer) {
            header.addAll(List.of("p50 ms", "p99 ms"));
        }
        return header;
    }

    private List<String> row(String workload, String target) {
        boolean transfer = Workloads.isTransfer(workload);
        List<String> row = new ArrayList<>(List.of(named(workload, target)));
        row.addAll(spread(results.values(workload, target, Run::processor).toArray(), 1, 1));
        row.add(ratio(workload, target, Target.PGBOUNCER, Run::processor));
        row.addAll(spread(results.values(workload, target, Run::rate).toArray(), transfer ? 1e6 : 1, 0));
        row.add(ratio(workload, target, Target.PGBOUNCER, Run::rate));
        row.add(ratio(workload, target, Target.DIRECT, Run::rate));
        row.add(Table.figure(results.median(workload, target, Run::resident) / 1e6, 0));
        if (!transfer) {
            row.add(Table.figure(results.median(workload, target, Run::median) / 1e3, 3));
            row.add(Table.figure(results.median(workload, target, Run::high) / 1e3, 3));
        }
        return row;
    }

    private String named(String workload, String target) {
        int ok = results.byRound(workload, target, Run::rate).size();
        return ok == rounds ? target : target + " (" + ok + " of " + rounds + " runs)";
    }

    /** The median, the minimum and the maximum. */
    private static List<String> spread(double[] values, double unit, int decimals) {
        return DoubleStream.of(
                        Statistics.median(DoubleStream.of(values)),
                        Statistics.min(DoubleStream.of(values)),
                        Statistics.max(DoubleStream.of(values)))
                .mapToObj(value -> Table.figure(value / unit, decimals))
                .toList();
    }

    private String ratio(String workload, String target, String base, ToDoubleFunction<Run> value) {
        return Table.figure(results.ratio(workload, target, base, value), 2);
    }
}

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
        List<String> header = new ArrayList<>(List.of("target", Workloads.isTransfer(workload) ? "MB/s" : "tps"));
        header.addAll(List.of("min", "max", "÷ direct", "in pairs", "pgrouter ÷ it", "in pairs"));
        if (Workloads.isTransfer(workload)) {
            header.addAll(List.of("processor µs/MB", "memory MB"));
        } else {
            header.addAll(List.of("processor µs/request", "memory MB", "p50 ms", "p99 ms"));
        }
        return header;
    }

    private List<String> row(String workload, String target) {
        List<String> row = new ArrayList<>(List.of(named(workload, target)));
        double unit = Workloads.isTransfer(workload) ? 1e6 : 1;
        row.add(Table.figure(results.median(workload, target, Run::rate) / unit, 0));
        row.add(Table.figure(Statistics.min(results.values(workload, target, Run::rate)) / unit, 0));
        row.add(Table.figure(Statistics.max(results.values(workload, target, Run::rate)) / unit, 0));
        row.addAll(ratios(workload, target, Target.DIRECT));
        row.addAll(target.equals(Target.PGROUTER) ? List.of("", "") : ratios(workload, Target.PGROUTER, target));
        row.add(Table.figure(results.median(workload, target, Run::processor), 1));
        row.add(Table.figure(results.median(workload, target, Run::resident) / 1e6, 0));
        if (!Workloads.isTransfer(workload)) {
            row.add(Table.figure(results.median(workload, target, Run::median) / 1e3, 3));
            row.add(Table.figure(results.median(workload, target, Run::high) / 1e3, 3));
        }
        return row;
    }

    private String named(String workload, String target) {
        int ok = results.rates(workload, target).size();
        return ok == rounds ? target : target + " (" + ok + " of " + rounds + " runs)";
    }

    /** Of the medians, and the median of those of each round. */
    private List<String> ratios(String workload, String target, String base) {
        double medians = results.median(workload, target, Run::rate) / results.median(workload, base, Run::rate);
        double pairs = Statistics.pairedRatio(results.rates(workload, target), results.rates(workload, base));
        return Stream.of(medians, pairs).map(ratio -> Table.figure(ratio, 2)).toList();
    }
}

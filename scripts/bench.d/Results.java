import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** All runs of a report, and what can be asked of them. */
record Results(List<Run> runs) {
    /** In the order in which they were run first; after them those that no target could run. */
    List<String> workloads() {
        Stream<Run> measured = runs.stream().filter(run -> run.round() > 0);
        return Stream.concat(measured, runs.stream())
                .map(Run::workload)
                .distinct()
                .toList();
    }

    /** The value of each round in which the target has one, and did not fail. */
    Map<Integer, Double> byRound(String workload, String target, ToDoubleFunction<Run> value) {
        Map<Integer, Double> values = new LinkedHashMap<>();
        ok(workload, target)
                .filter(run -> !Double.isNaN(value.applyAsDouble(run)))
                .forEach(run -> values.put(run.round(), value.applyAsDouble(run)));
        return values;
    }

    /** The median of the ratios of two targets in the same round. */
    double ratio(String workload, String target, String base, ToDoubleFunction<Run> value) {
        return Statistics.pairedRatio(byRound(workload, target, value), byRound(workload, base, value));
    }

    DoubleStream values(String workload, String target, ToDoubleFunction<Run> value) {
        return byRound(workload, target, value).values().stream().mapToDouble(figure -> figure);
    }

    double median(String workload, String target, ToDoubleFunction<Run> value) {
        return Statistics.median(values(workload, target, value));
    }

    /** Whether it ran at all: a failed run is one. */
    boolean hasRun(String workload, String target) {
        return runs.stream()
                .anyMatch(run -> run.round() > 0
                        && run.workload().equals(workload)
                        && run.target().equals(target));
    }

    List<Run> with(Run.Outcome outcome) {
        return runs.stream().filter(run -> run.outcome() == outcome).toList();
    }

    private Stream<Run> ok(String workload, String target) {
        return runs.stream()
                .filter(Run::isOk)
                .filter(run -> run.workload().equals(workload) && run.target().equals(target));
    }
}

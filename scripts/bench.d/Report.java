import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the report of what Measure has written down. Arguments: the working directory of scripts/bench, the directory of these
 * programs, and the file of the report; the runs are copied beside it.
 */
final class Report {
    private static final List<String> CONFIGURATIONS = List.of(
            "pgrouter/pgrouter.conf",
            "pgrouter-2/pgrouter.conf",
            "pgbouncer-session/pgbouncer.ini",
            "pgbouncer-transaction/pgbouncer.ini",
            "pgpool/pgpool.conf",
            "haproxy/haproxy.cfg");

    private final Settings settings;
    private final Path file;
    private final Results results;
    private final List<Target> targets;
    private final List<String> names;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

    private Report(Settings settings, Path file) throws IOException {
        this.settings = settings;
        this.file = file;
        this.results = new Results(Run.readAll(settings.work().resolve("runs")));
        this.targets = Target.readAll(settings.work());
        this.names = targets.stream().map(Target::name).toList();
        for (String fact : Files.readAllLines(settings.work().resolve("facts"))) {
            facts.put(fact.split("\t", 2)[0], fact.split("\t", 2)[1]);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Settings settings = Settings.read(Path.of(arguments[0]), Path.of(arguments[1]));
        Path file = Path.of(arguments[2]);
        Files.writeString(file, new Report(settings, file).markdown());
        Files.copy(settings.work().resolve("runs"), beside(file, ".tsv"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file beside a report that has its name with another ending. */
    static Path beside(Path report, String ending) {
        return report.resolveSibling(report.getFileName().toString().replaceAll("\\.md$", ending));
    }

    private String markdown() throws IOException {
        introduction();
        if (names.contains(Target.PGROUTER)) {
            text.append("## Summary\n\n").append(summary());
        }
        text.append("## What was not measured\n\n").append(notMeasured());
        text.append("## The workloads\n\n");
        sections().forEach(this::section);
        if (settings.plots()) {
            text.append("## By the number of clients\n\n");
            text.append("Lines join the medians; a bar is from the minimum to the maximum.\n\n");
            text.append(new Plots(results, names, file).markdown());
        }
        text.append("## Memory\n\n").append(memory());
        text.append("## Machine and programs\n\n").append(machine());
        text.append("## Configurations\n\n").append(configurations());
        return text.toString().strip() + "\n";
    }

    private void introduction() throws IOException {
        text.append(Files.readString(settings.sources().resolve("introduction.md"))
                .replace("{command}", facts.get("command"))
                .replace("{rounds}", "" + settings.rounds())
                .replace("{seconds}", "" + settings.seconds())
                .replace("{runs}", beside(file, ".tsv").getFileName().toString()));
        text.append('\n');
    }

    /** The workloads that have a table of their own. */
    private List<String> detailed() {
        return results.workloads().stream()
                .filter(workload -> sections().contains(base(workload)))
                .toList();
    }

    /** The workloads by the names of --only; those that are there for the plots only are not among them. */
    private Set<String> sections() {
        Set<String> plotted = Workloads.PLOTTED_CLIENTS.stream()
                .map(clients -> "select-" + clients)
                .filter(name -> !settings.workloads().contains(name))
                .collect(Collectors.toSet());
        return results.workloads().stream()
                .map(Report::base)
                .filter(name -> !plotted.contains(name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String base(String workload) {
        return workload.split(" ")[0];
    }

    private void section(String section) {
        WorkloadTable table = new WorkloadTable(results, names, settings.rounds());
        text.append("### ").append(section).append("\n\n");
        text.append(Descriptions.of(section)).append('\n');
        for (String workload : results.workloads()) {
            if (base(workload).equals(section)) {
                text.append(workload.equals(section) ? "" : workload.replace(section + " ", "") + ":\n\n");
                text.append(table.markdown(workload));
            }
        }
    }

    private String summary() {
        return "Processor time for each request, or for each million bytes; less than 1: pgrouter needs less.\n\n"
                + ratios(Run::processor, Target::isProxy)
                + "Throughput; more than 1: pgrouter is faster.\n\n"
                + ratios(Run::rate, Target::isThere);
    }

    /** What pgrouter has of a value, divided by that of each other target that has one. */
    private String ratios(ToDoubleFunction<Run> value, Predicate<Target> comparable) {
        List<String> others = targets.stream()
                .filter(comparable)
                .map(Target::name)
                .filter(name -> !name.equals(Target.PGROUTER))
                .toList();
        Table table = new Table(
                1, Stream.concat(Stream.of("pgrouter ÷"), others.stream()).toList());
        for (String workload : detailed()) {
            Stream<String> ratios = others.stream()
                    .map(other -> Table.figure(results.ratio(workload, Target.PGROUTER, other, value), 2));
            table.row(Stream.concat(Stream.of(workload), ratios).toList());
        }
        return table.markdown();
    }

    private String notMeasured() {
        List<String> lines = new ArrayList<>();
        for (Target target : targets) {
            if (!target.isThere()) {
                lines.add("- " + target.name() + ": " + target.missing());
            }
        }
        for (Run run : results.with(Run.Outcome.LEFT_OUT)) {
            if (isThere(run.target())) {
                lines.add("- " + run.workload() + ", " + run.target() + ": " + run.detail());
            }
        }
        for (Run run : results.with(Run.Outcome.FAILED)) {
            lines.add("- **failed**: " + run.workload() + ", " + run.target() + ", round " + run.round() + ": "
                    + run.detail());
        }
        return (lines.isEmpty() ? "Nothing was left out, and nothing failed." : String.join("\n", lines)) + "\n\n";
    }

    private boolean isThere(String name) {
        return targets.stream().anyMatch(target -> target.name().equals(name) && target.isThere());
    }

    private String memory() throws IOException {
        Table table = new Table(2, List.of("target", "when", "VmRSS MB", "Pss MB", "VmHWM MB"));
        for (Memory memory : Memory.readAll(settings.work().resolve("memory"))) {
            String when = memory.moment() == Memory.Moment.STARTED ? "before the first client" : "after the last run";
            Stream<String> figures = Stream.of(memory.resident(), memory.proportional(), memory.peak())
                    .map(bytes -> Table.figure(bytes == 0 ? Double.NaN : bytes / 1e6, 1));
            table.row(Stream.concat(Stream.of(memory.target(), when), figures).toList());
        }
        return table.markdown();
    }

    private String machine() {
        Table table = new Table(2, List.of("", ""));
        facts.forEach((name, value) -> table.row(List.of(name, value)));
        for (Target target : targets) {
            table.row(List.of(target.name(), target.isThere() ? target.version() : target.missing()));
        }
        return table.markdown();
    }

    private String configurations() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : CONFIGURATIONS) {
            Path configuration = settings.work().resolve(name);
            if (Files.exists(configuration)) {
                String lines = Files.readString(configuration)
                        .replace(settings.work() + "/", "")
                        .strip();
                all.append("`").append(name).append("`:\n\n```text\n").append(lines).append("\n```\n\n");
            }
        }
        return all.toString();
    }
}

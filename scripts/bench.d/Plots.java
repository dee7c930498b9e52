import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The plots of a report, each in a file beside it, and in the report their figures. */
final class Plots {
    private final Results results;
    private final List<String> targets;
    private final Path report;

    Plots(Results results, List<String> targets, Path report) {
        this.results = results;
        this.targets = targets;
        this.report = report;
    }

    String markdown() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String protocol : Workloads.PLOTTED_PROTOCOLS) {
            String title = "pgbench -S, " + protocol + " protocol";
            Path file = Report.beside(report, "-" + protocol + ".svg");
            Files.writeString(file, new Plot(title, lines(protocol)).svg());
            text.append("![")
                    .append(title)
                    .append("](")
                    .append(file.getFileName())
                    .append(")\n\n");
            text.append(table(protocol));
        }
        return text.toString();
    }

    private List<Plot.Line> lines(String protocol) {
        return targets.stream()
                .map(target -> new Plot.Line(target, targets.indexOf(target), points(protocol, target)))
                .filter(line -> !line.points().isEmpty())
                .toList();
    }

    private List<Plot.Point> points(String protocol, String target) {
        return Workloads.PLOTTED_CLIENTS.stream()
                .filter(clients -> !rates(clients, protocol, target).isEmpty())
                .map(clients -> point(clients, rates(clients, protocol, target)))
                .toList();
    }

    private List<Double> rates(int clients, String protocol, String target) {
        return List.copyOf(
                results.byRound(Workloads.selectName(clients, protocol), target, Run::rate)
                        .values());
    }

    private static Plot.Point point(int clients, List<Double> rates) {
        return new Plot.Point(
                clients,
                Statistics.median(rates.stream().mapToDouble(rate -> rate)),
                Statistics.min(rates.stream().mapToDouble(rate -> rate)),
                Statistics.max(rates.stream().mapToDouble(rate -> rate)));
    }

    private String table(String protocol) {
        Table table = new Table(
                1,
                Stream.concat(
                                Stream.of("median tps, by clients"),
                                Workloads.PLOTTED_CLIENTS.stream().map(Object::toString))
                        .toList());
        for (Plot.Line line : lines(protocol)) {
            Stream<String> medians = Workloads.PLOTTED_CLIENTS.stream()
                    .map(clients -> results.median(Workloads.selectName(clients, protocol), line.target(), Run::rate))
                    .map(median -> Table.figure(median, 0));
            table.row(Stream.concat(Stream.of(line.target()), medians).toList());
        }
        return table.markdown();
    }
}

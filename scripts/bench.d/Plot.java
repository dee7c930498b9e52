import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Throughput against the number of clients, drawn as SVG: a line for each target, its points with their range. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 570;
    private static final int TOP = 45;
    private static final int BOTTOM = 370;
    private static final int STEPS = 5;
    // Okabe and Ito's colours, which those who confuse colours can tell apart.
    private static final List<String> COLOURS =
            List.of("#000000", "#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7", "#e69f00");

    private final StringBuilder svg = new StringBuilder();
    private final String title;
    private final List<Line> lines;
    private final List<Integer> clients;
    private final double top;

    /**
     * The points of one target, by ascending number of clients.
     *
     * @param place among all targets: it has the same colour in all plots
     */
    record Line(String target, int place, List<Point> points) {}

    record Point(int clients, double median, double min, double max) {}

    Plot(String title, List<Line> lines) {
        this.title = title;
        this.lines = lines;
        this.clients = lines.stream()
                .flatMap(line -> line.points().stream())
                .map(Point::clients)
                .distinct()
                .sorted()
                .toList();
        this.top = roundedUp(lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::max)
                .max()
                .orElse(1));
    }

    String svg() {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>",
                WIDTH, HEIGHT);
        add("<rect width='100%%' height='100%%' fill='white'/>");
        text((LEFT + RIGHT) / 2.0, 22, "middle", title);
        text((LEFT + RIGHT) / 2.0, HEIGHT - 12, "middle", "clients");
        text(LEFT, TOP - 10, "end", "tps");
        grid();
        for (int at = 0; at < lines.size(); at++) {
            line(lines.get(at), TOP + 20 * at);
        }
        add("</svg>");
        return svg.toString();
    }

    private void grid() {
        for (int step = 0; step <= STEPS; step++) {
            double rate = top * step / STEPS;
            add("<path d='M%d %.1fH%d' stroke='#ddd'/>", LEFT, y(rate), RIGHT);
            text(LEFT - 8, y(rate) + 4, "end", String.format(Locale.ROOT, "%.0f", rate));
        }
        for (int number : clients) {
            text(x(number), BOTTOM + 18, "middle", "" + number);
        }
    }

    private void line(Line line, int legend) {
        String colour = COLOURS.get(line.place() % COLOURS.size());
        String way = line.points().stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.clients()), y(point.median())))
                .collect(Collectors.joining(" "));
        add("<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>", way, colour);
        for (Point point : line.points()) {
            double x = x(point.clients());
            add("<path d='M%.1f %.1fV%.1f' stroke='%s'/>", x, y(point.min()), y(point.max()), colour);
            add("<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>", x, y(point.median()), colour);
        }
        add("<path d='M%d %dh20' stroke='%s' stroke-width='2'/>", RIGHT + 20, legend, colour);
        text(RIGHT + 46, legend + 4, "start", line.target());
    }

    /** The numbers of clients double from one to the next. */
    private double x(int number) {
        int last = Math.max(1, clients.size() - 1);
        return LEFT + 15 + (RIGHT - LEFT - 30) * (double) clients.indexOf(number) / last;
    }

    private double y(double rate) {
        return BOTTOM - (BOTTOM - TOP) * rate / top;
    }

    /** To two digits, so that the steps of the grid are easily read. */
    private static double roundedUp(double most) {
        double digit = Math.pow(10, Math.floor(Math.log10(most)) - 1) * STEPS;
        return Math.ceil(most / digit) * digit;
    }

    private void text(double x, double y, String anchor, String text) {
        add("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, text);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in Markdown: text stands to the left, figures to the right. */
final class Table {
    private final List<String> lines = new ArrayList<>();

    /** @param text how many of the first columns are text; the others are figures */
    Table(int text, List<String> header) {
        row(header);
        lines.add("|---".repeat(text) + "|--:".repeat(header.size() - text) + "|");
    }

    void row(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    String markdown() {
        return String.join("\n", lines) + "\n\n";
    }

    /** A dash where nothing was measured. */
    static String figure(double value, int decimals) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}

package pgrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format of Prometheus as strictly as it is described: each family has its help, then its type, then its samples;
 * no sample comes twice; histograms are cumulative and end with what they count.
 */
public final class PrometheusText {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") (\\S.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(?:\\{(.*)\\})? ([+-]?Inf|NaN|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, Map<Double, Double>> buckets = new HashMap<>();
    private String family = "";
    private Optional<String> helped = Optional.empty();

    private PrometheusText() {}

    public static PrometheusText parse(String text) {
        assertThat(text).endsWith("\n");
        PrometheusText parsed = new PrometheusText();
        text.lines().forEach(parsed::line);
        parsed.checkHistograms();
        return parsed;
    }

    private void line(String line) {
        Matcher help = HELP.matcher(line);
        Matcher type = TYPE.matcher(line);
        if (help.matches()) {
            helped = Optional.of(help.group(1));
        } else if (type.matches()) {
            family = type.group(1);
            assertThat(helped).as("help before " + line).contains(family);
            assertThat(types).as("one type of " + family).doesNotContainKey(family);
            types.put(family, type.group(2));
        } else {
            sample(line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1);
        Map<String, String> labels = labels(Optional.ofNullable(sample.group(2)).orElse(""));
        double value = number(sample.group(3));
        boolean histogram = types.get(family).equals("histogram");
        String base = histogram ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
        assertThat(base).as("family of " + line).isEqualTo(family);
        if (types.get(family).equals("counter")) {
            assertThat(name).endsWith("_total");
            assertThat(value).isNotNegative();
        }
        assertThat(samples).as("once: " + line).doesNotContainKey(name + labels);
        samples.put(name + labels, value);
        if (name.equals(family + "_bucket")) {
            double bound = number(labels.remove("le"));
            buckets.computeIfAbsent(family + labels, key -> new TreeMap<>()).put(bound, value);
        }
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            assertThat(label.find(end) && label.start() == end)
                    .as("labels " + text)
                    .isTrue();
            assertThat(labels.put(label.group(1), label.group(2)))
                    .as("once: " + label.group())
                    .isNull();
            end = label.end();
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private void checkHistograms() {
        buckets.forEach((series, counts) -> {
            assertThat(List.copyOf(counts.values())).as(series).isSorted();
            assertThat(counts).as(series).containsKey(Double.POSITIVE_INFINITY);
            String name = series.substring(0, series.indexOf('{'));
            String labels = series.substring(series.indexOf('{'));
            assertThat(samples).containsEntry(name + "_count" + labels, counts.get(Double.POSITIVE_INFINITY));
            assertThat(samples).containsKey(name + "_sum" + labels);
        });
    }

    /** The names of the families. */
    public Set<String> families() {
        return types.keySet();
    }

    /** @param labels as {@code {backend=127.0.0.1:5432, route=reader}}, in the order of their names */
    public double value(String name, String labels) {
        assertThat(samples).containsKey(name + labels);
        return samples.get(name + labels);
    }
}

package pgrouter.http;

import java.util.Locale;
import pgrouter.metrics.Histogram;

/**
 * Text of Prometheus' exposition format 0.0.4: families of samples, each with its help and type before it.
 * See https://prometheus.io/docs/instrumenting/exposition_formats/.
 */
final class Exposition {
    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /** Begins a family, to which the samples that follow belong. */
    Exposition family(String name, Kind kind, String help) {
        family = name;
        text.append("# HELP ").append(name).append(' ');
        text.append(help.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
        text.append("# TYPE ").append(name).append(' ');
        text.append(kind.name().toLowerCase(Locale.ROOT)).append('\n');
        return this;
    }

    /** @param labels names and values, alternating */
    Exposition sample(double value, String... labels) {
        sample("", value, labels);
        return this;
    }

    /** The same for a value without a fraction. */
    Exposition sample(long value, String... labels) {
        return sample((double) value, labels);
    }

    Exposition histogram(Histogram.Counts counts, String... labels) {
        String[] bounded = new String[labels.length + 2];
        System.arraycopy(labels, 0, bounded, 0, labels.length);
        bounded[labels.length] = "le";
        for (int i = 0; i < counts.buckets(); i++) {
            bounded[labels.length + 1] = number(counts.bound(i));
            sample("_bucket", (double) counts.upTo(i), bounded);
        }
        sample("_sum", counts.seconds(), labels);
        sample("_count", (double) counts.count(), labels);
        return this;
    }

    private void sample(String suffix, double value, String... labels) {
        text.append(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(escaped(labels[i + 1]))
                    .append('"');
        }
        text.append(labels.length == 0 ? " " : "} ").append(number(value)).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        if (value == Double.POSITIVE_INFINITY) {
            return "+Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package pgrouter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pgrouter.metrics.Histogram;
import pgrouter.testing.PrometheusText;

final class ExpositionTest {
    @Test
    void aFamilyHasHelpTypeAndSamples() {
        Exposition text = new Exposition()
                .family("a_total", Exposition.Kind.COUNTER, "Of\nbacks\\lash.")
                .sample(3)
                .family("b", Exposition.Kind.GAUGE, "B.")
                .sample(0.25, "name", "q\"uo\\te\nd")
                .sample(Double.NaN, "name", "nothing");
        assertThat(text).hasToString("""
                # HELP a_total Of\\nbacks\\\\lash.
                # TYPE a_total counter
                a_total 3
                # HELP b B.
                # TYPE b gauge
                b{name="q\\"uo\\\\te\\nd"} 0.25
                b{name="nothing"} NaN
                """);
        PrometheusText.parse(text.toString());
    }

    @Test
    void aHistogramHasBucketsASumAndACount() {
        Histogram histogram = new Histogram();
        histogram.count(2_000_000);
        String text = new Exposition()
                .family("h_seconds", Exposition.Kind.HISTOGRAM, "H.")
                .histogram(histogram.counts(), "route", "reader")
                .toString();
        assertThat(text)
                .contains(
                        "h_seconds_bucket{route=\"reader\",le=\"0.001\"} 0\n",
                        "h_seconds_bucket{route=\"reader\",le=\"0.0025\"} 1\n",
                        "h_seconds_bucket{route=\"reader\",le=\"+Inf\"} 1\n",
                        "h_seconds_sum{route=\"reader\"} 0.002\n",
                        "h_seconds_count{route=\"reader\"} 1\n");
        PrometheusText.parse(text);
    }
}

package pgrouter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class HistogramTest {
    private static final long MILLI = 1_000_000L;

    private final Histogram histogram = new Histogram();

    @Test
    void bucketsAreCumulativeAndTheLastHasAll() {
        histogram.count(0);
        histogram.count(100_000);
        histogram.count(100_001);
        histogram.count(10_000 * MILLI);
        histogram.count(10_000 * MILLI + 1);
        Histogram.Counts counts = histogram.counts();
        assertThat(counts.bound(0)).isEqualTo(0.0001);
        assertThat(counts.upTo(0)).isEqualTo(2);
        assertThat(counts.upTo(1)).isEqualTo(3);
        assertThat(counts.bound(counts.buckets() - 2)).isEqualTo(10);
        assertThat(counts.upTo(counts.buckets() - 2)).isEqualTo(4);
        assertThat(counts.bound(counts.buckets() - 1)).isInfinite();
        assertThat(counts.count()).isEqualTo(5);
        assertThat(counts.seconds()).isEqualTo(20.000200002, within(1e-9));
    }

    @Test
    void aQuantileLiesEvenlyInItsBucket() {
        for (int i = 0; i < 100; i++) {
            histogram.count(7 * MILLI);
        }
        assertThat(histogram.counts().quantile(0.5)).isEqualTo(0.0075, within(1e-9));
        assertThat(histogram.counts().quantile(1)).isEqualTo(0.01, within(1e-9));
        histogram.count(3_600_000 * MILLI);
        assertThat(histogram.counts().quantile(1)).isEqualTo(10);
    }

    @Test
    void ofNothingThereIsNoQuantile() {
        assertThat(histogram.counts().quantile(0.5)).isNaN();
    }

    @Test
    void whatHasComeSinceIsTheDifference() {
        histogram.count(MILLI);
        Histogram.Counts before = histogram.counts();
        histogram.count(MILLI);
        histogram.count(20 * MILLI);
        Histogram.Counts since = histogram.counts().since(before);
        assertThat(since.count()).isEqualTo(2);
        assertThat(since.seconds()).isEqualTo(0.021, within(1e-9));
    }
}

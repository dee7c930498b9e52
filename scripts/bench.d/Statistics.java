import java.util.Map;
import java.util.stream.DoubleStream;

/** Pure arithmetic on measurements. What is asked of no value at all is not a number. */
final class Statistics {
    private Statistics() {}

    /** Of an even number of values: the middle of the two in the middle. */
    static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest value that is not exceeded by so many of a hundred (nearest rank). */
    static double percentile(long[] ascending, int percent) {
        if (ascending.length == 0) {
            return Double.NaN;
        }
        return ascending[(int) Math.ceilDiv((long) ascending.length * percent, 100L) - 1];
    }

    static double min(DoubleStream values) {
        return values.min().orElse(Double.NaN);
    }

    static double max(DoubleStream values) {
        return values.max().orElse(Double.NaN);
    }

    /** The median of the ratios of two measurements of the same round; both maps go from the round to the value. */
    static double pairedRatio(Map<Integer, Double> values, Map<Integer, Double> bases) {
        return median(values.entrySet().stream()
                .filter(value -> bases.containsKey(value.getKey()))
                .mapToDouble(value -> value.getValue() / bases.get(value.getKey())));
    }
}

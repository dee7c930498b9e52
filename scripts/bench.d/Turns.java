import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The order in which targets run a workload. */
final class Turns {
    private Turns() {}

    /**
     * Each pair of rounds has an order and its reverse, so that of two targets each is the earlier one equally often. From pair to pair,
     * and from workload to workload, another target is first.
     *
     * @param round from 1
     * @param place of the workload among all
     */
    static <T> List<T> order(List<T> targets, int round, int place) {
        List<T> order = new ArrayList<>(targets);
        Collections.rotate(order, -((round - 1) / 2 + place));
        return round % 2 == 1 ? order : order.reversed();
    }
}

package pgrouter.routing;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import pgrouter.cluster.Node;

/** Draws a reader at random, each standby in proportion to its weight. A standby that is drained has no weight. */
public final class ReaderChoice {
    private final RandomGenerator random;

    /** @param random shared by all sessions, so it must be thread-safe */
    public ReaderChoice(RandomGenerator random) {
        this.random = random;
    }

    /** @return empty where no node has a weight */
    public Optional<Node> draw(List<Node> nodes) {
        long total = nodes.stream().mapToLong(Node::weight).sum();
        if (total == 0) {
            return Optional.empty();
        }
        long ticket = random.nextLong(total);
        for (Node node : nodes) {
            ticket -= node.weight();
            if (ticket < 0) {
                return Optional.of(node);
            }
        }
        throw new AssertionError("the ticket is less than the sum of the weights");
    }
}

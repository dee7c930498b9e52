package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;

final class ReaderChoiceTest {
    private static final Node LIGHT = Nodes.standby("light", 1, 0);
    private static final Node HEAVY = Nodes.standby("heavy", 3, 0);
    private static final Node NONE = Nodes.standby("none", 0, 0);

    /** Draws one ticket, whatever the bound. */
    private record Ticket(long number) implements RandomGenerator {
        @Override
        public long nextLong() {
            return number;
        }

        @Override
        public long nextLong(long bound) {
            assertThat(number).isLessThan(bound);
            return number;
        }
    }

    private static Node drawn(long ticket, Node... nodes) {
        return new ReaderChoice(new Ticket(ticket)).draw(List.of(nodes)).orElseThrow();
    }

    @Test
    void eachNodeHasAsManyTicketsAsItsWeight() {
        assertThat(drawn(0, LIGHT, HEAVY)).isEqualTo(LIGHT);
        assertThat(drawn(1, LIGHT, HEAVY)).isEqualTo(HEAVY);
        assertThat(drawn(3, LIGHT, HEAVY)).isEqualTo(HEAVY);
    }

    @Test
    void aNodeWithoutWeightIsNotDrawn() {
        assertThat(drawn(0, NONE, LIGHT, NONE)).isEqualTo(LIGHT);
        assertThat(new ReaderChoice(new Ticket(0)).draw(List.of(NONE, NONE))).isEmpty();
    }

    @Test
    void aDrainedNodeIsNotDrawn() {
        assertThat(drawn(0, HEAVY.drained(true), LIGHT)).isEqualTo(LIGHT);
        assertThat(new ReaderChoice(new Ticket(0)).draw(List.of(HEAVY.drained(true))))
                .isEmpty();
    }

    @Test
    void fromNobodyNobodyIsDrawn() {
        assertThat(new ReaderChoice(new Ticket(0)).draw(List.of())).isEmpty();
    }

    @Test
    void theLargestWeightsDoNotOverflow() {
        Node[] nodes = new Node[5_000];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = Nodes.standby("s" + i, 1_000_000, 0);
        }
        assertThat(drawn(5_000L * 1_000_000 - 1, nodes)).isEqualTo(nodes[4_999]);
    }

    @Test
    void theSharesFollowTheWeights() {
        ReaderChoice choice = new ReaderChoice(new Random(5432));
        Map<Node, Integer> draws = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            draws.merge(choice.draw(List.of(LIGHT, NONE, HEAVY)).orElseThrow(), 1, Integer::sum);
        }
        assertThat(draws).containsOnlyKeys(LIGHT, HEAVY);
        assertThat(draws.get(LIGHT)).isBetween(9_500, 10_500);
    }
}

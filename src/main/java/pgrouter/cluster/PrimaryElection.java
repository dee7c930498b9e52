package pgrouter.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.config.Address;

/**
 * The decision which answers of the nodes are believed.
 *
 * @param primary the one that writes go to
 * @param known the state that is kept from now on
 */
record PrimaryElection(Optional<Node> primary, Known known) {
    static PrimaryElection of(List<Node> answers, Known before) {
        String system = system(answers);
        List<Node> members = members(answers, system).toList();
        Timelines timelines = before.timelines().heard(answers, members, system, before.primary());
        int timeline = timelines.highest(system);
        List<Node> primaries = members.stream()
                .filter(node -> node.isPrimary() && node.timeline() >= timeline)
                .filter(node -> !timelines.isLeap(node, system) && !timelines.isStranger(node))
                .toList();
        Optional<Node> inUse = primaries.stream()
                .filter(node -> before.primary().equals(Optional.of(address(node))))
                .findFirst();
        Optional<Node> primary = inUse.or(() -> primaries.stream().findFirst());
        Optional<Address> last = primary.map(PrimaryElection::address).or(before::primary);
        return new PrimaryElection(primary, new Known(system, timelines, last, before.readers()));
    }

    /** The same election for nodes with changes that do not matter to it: positions, or whether a node is drained. */
    PrimaryElection moved(List<Node> answers) {
        return new PrimaryElection(
                primary.flatMap(one -> answers.stream()
                        .filter(node -> address(node).equals(address(one)))
                        .findFirst()),
                known);
    }

    /** Whether writes go to this node, or went to it last. */
    boolean isLast(Node node) {
        return known.primary().equals(Optional.of(address(node)));
    }

    PrimaryElection withNextReaders() {
        return new PrimaryElection(primary, known.withNextReaders());
    }

    private static Address address(Node node) {
        return node.backend().address();
    }

    /**
     * The cluster is the one that most of the nodes belong to, down or up. Of two, it is the one whose node comes
     * first in the file. The result does not depend on which node answers first.
     */
    private static String system(List<Node> answers) {
        Map<String, Integer> nodes = new LinkedHashMap<>();
        answers.stream()
                .map(Node::system)
                .filter(system -> !system.isEmpty())
                .forEach(system -> nodes.merge(system, 1, Integer::sum));
        String most = "";
        for (String system : nodes.keySet()) {
            most = most.isEmpty() || nodes.get(system) > nodes.get(most) ? system : most;
        }
        return most;
    }

    private static Stream<Node> members(List<Node> answers, String system) {
        return answers.stream().filter(node -> node.state() == State.OK && !isForeign(node, system));
    }

    private static boolean isForeign(Node node, String system) {
        return !system.isEmpty() && !node.system().isEmpty() && !node.system().equals(system);
    }

    /** The node as it is to be treated. */
    Node judged(Node node) {
        if (node.state() != State.OK) {
            return node;
        }
        if (isForeign(node, known.system())) {
            return node.judged(
                    State.FAILED,
                    new Reason.Foreign("it belongs to another cluster: its system identifier is " + node.system()
                            + ", not " + known.system()));
        }
        if (node.isPrimary()) {
            return isChosen(node) ? node : node.judged(State.FAILED, new Reason.Disputed(whyNot(node)));
        }
        if (isLeap(node)) {
            return node.astray("it says that it follows timeline " + node.timeline() + impossible(node));
        }
        boolean isAstray = node.timeline() > 0
                && primary.filter(one -> node.timeline() < one.timeline()).isPresent();
        return isAstray
                ? node.astray("it follows timeline " + node.timeline() + ", the primary is on " + known.timeline())
                : node;
    }

    private boolean isChosen(Node node) {
        return primary.filter(one -> address(one).equals(address(node))).isPresent();
    }

    private boolean isLeap(Node node) {
        return known.timelines().isLeap(node, known.system());
    }

    private String impossible(Node node) {
        return ", which cannot be: the others are on " + known.timelines().others(node, known.system());
    }

    private String whyNot(Node node) {
        String claim = "it says that it is the primary";
        if (isLeap(node)) {
            return claim + ", on timeline " + node.timeline() + impossible(node);
        }
        if (known.timelines().isStranger(node)) {
            return claim + ", on timeline " + node.timeline() + ", and was never seen as a standby, while "
                    + known.primary().map(Address::toString).orElse("another") + " was in use: one of them must go";
        }
        return node.timeline() < known.timeline()
                ? claim + ", on timeline " + node.timeline() + ", while timeline " + known.timeline()
                        + " was seen elsewhere"
                : claim + ", and so does "
                        + primary.map(PrimaryElection::address)
                                .map(Address::toString)
                                .orElse("another")
                        + " on the same timeline " + node.timeline() + ", which is kept";
    }
}

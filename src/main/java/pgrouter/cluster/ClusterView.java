package pgrouter.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.config.Address;

/**
 * All nodes at one moment. Immutable: whoever decides by it decides by one consistent picture.
 *
 * @param nodes one for each backend, in the order of the config file
 */
public record ClusterView(List<Node> nodes) {
    public ClusterView {
        nodes = List.copyOf(nodes);
    }

    /** The node that writes go to. Of several that say they are primary, the one of the highest timeline. */
    public Optional<Node> primary() {
        return nodes.stream().filter(Node::isPrimary).max(Comparator.comparingInt(Node::timeline));
    }

    public List<Node> suitableReaders() {
        return nodes.stream().filter(Node::isSuitableReader).toList();
    }

    /** What is known now of the backend with this address. */
    public Optional<Node> node(Address address) {
        return nodes.stream()
                .filter(node -> node.backend().address().equals(address))
                .findFirst();
    }

    /** The same without some of the nodes. */
    public ClusterView without(Set<Address> addresses) {
        return addresses.isEmpty()
                ? this
                : new ClusterView(nodes.stream()
                        .filter(node -> !addresses.contains(node.backend().address()))
                        .toList());
    }

    /**
     * What a node has answered to a question for its position. Its role decides whether the answer fits.
     *
     * @param askedAt {@link System#nanoTime()} before the question was sent
     */
    public ClusterView at(Address address, Role role, Lsn position, long askedAt) {
        return new ClusterView(nodes.stream()
                .map(node -> node.backend().address().equals(address) && node.role() == role
                        ? node.at(position, askedAt)
                        : node)
                .toList());
    }

    /** The same, where what is known already of a position is not older. */
    ClusterView notBefore(ClusterView known) {
        return new ClusterView(nodes.stream()
                .map(node -> known.node(node.backend().address())
                        .map(node::notBefore)
                        .orElse(node))
                .toList());
    }

    public long usable() {
        return nodes.stream().filter(node -> node.state() == State.OK).count();
    }
}

package pgrouter.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the {@code backend} directives of a file. Used by the thread that reads the file. */
final class Backends {
    private record Node(Address address, Given keys) {}

    private final Given defaults = new Given();
    private final UniqueAddresses addresses = new UniqueAddresses();
    private final List<Node> nodes = new ArrayList<>();
    private boolean hasNode;

    /** Returns what holds for the nodes after the latest {@code backend default}. */
    Given defaults() {
        return defaults;
    }

    /** @param address empty if it is wrong, which is reported already */
    void add(Optional<Value.Placed<Address>> address, Given keys, Problems problems) {
        hasNode = true;
        address.ifPresent(placed -> {
            addresses.add(placed, problems);
            nodes.add(new Node(placed.value(), keys));
        });
    }

    /** Returns whether there is a node, with a valid address or not. */
    boolean hasNode() {
        return hasNode;
    }

    List<Backend> of(Duration healthTimeout) {
        return nodes.stream()
                .map(node -> BackendKeys.of(node.address(), node.keys(), healthTimeout))
                .toList();
    }
}

package pgrouter.cluster;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pgrouter.config.Address;
import pgrouter.config.Backend;

/**
 * The state that is kept of the cluster beyond the present answers of its nodes. The answers of a node are forgotten
 * with the node.
 *
 * @param system the identifier of the cluster; empty until a node has told it
 * @param timelines the timelines that were seen, and where: a primary on an earlier one than the highest is out of
 *     date
 * @param primary the node that writes went to last
 * @param readers a number that grows whenever a standby becomes suitable or gets another weight, so that sessions
 *     know when to choose again
 */
record Known(String system, Timelines timelines, Optional<Address> primary, long readers) {
    static final Known NOTHING = new Known("", Timelines.NONE, Optional.empty(), 0);

    int timeline() {
        return timelines.highest(system);
    }

    /**
     * The state after a change of the configuration.
     *
     * @param answers of the nodes that were there before
     */
    Known configured(List<Backend> backends, List<Node> answers) {
        Set<Address> present = backends.stream().map(Backend::address).collect(Collectors.toSet());
        Set<Address> added = backends.stream().map(Backend::address).collect(Collectors.toSet());
        answers.forEach(node -> added.remove(node.backend().address()));
        Optional<Address> inUse = primary.filter(present::contains);
        return new Known(system, timelines.configured(present, added, system, inUse), inUse, readers);
    }

    Known withNextReaders() {
        return new Known(system, timelines, primary, readers + 1);
    }
}

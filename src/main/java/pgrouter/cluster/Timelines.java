package pgrouter.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import pgrouter.config.Address;

/**
 * The timelines that each node has reported. The highest one decides which primary is out of date, so one wrong
 * report would take all primaries away. Therefore a report counts as long as its node is in the configuration, and
 * only where it can be true:
 *
 * <ul>
 *   <li>A timeline far above those of all other nodes ({@link #LEAP}) does not count.
 *   <li>Nor does one above them of a node that does not report its cluster, where the others do.
 *   <li>A <em>stranger</em> has joined while another node was the primary, and has never been a standby here. It is
 *       not made the primary while the other still answers as primary, nor later until another node is on its
 *       timeline or one of the two has left the configuration. Meanwhile there is no primary: either node may be out
 *       of date.
 * </ul>
 *
 * <p>The node's own history ({@code TIMELINE_HISTORY}) is not asked for: it needs a role with REPLICATION, and is a
 * report of the same node. The timeline that another node follows is asked for.
 *
 * @param claims the highest timeline of each node of the configuration that was ever a member of the cluster; 0 where
 *     it was not reported
 * @param departed the highest timeline of nodes that have left the configuration. It counts until each node that came
 *     with the change was asked, since a primary may have got another address. 0 where there is none
 * @param strangers nodes that have joined while another was the primary
 */
record Timelines(Map<Address, Claim> claims, Claim departed, Set<Address> strangers) {
    static final Timelines NONE = new Timelines(Map.of(), Claim.NONE, Set.of());

    /** No node misses so many promotions: each uses one timeline, or a few more where an archive has others. */
    static final int LEAP = 1000;

    /** @param system empty where the node does not report it */
    record Claim(String system, int timeline) {
        static final Claim NONE = new Claim("", 0);

        Claim later(Claim next) {
            return next.system.equals(system) && next.timeline < timeline ? this : next;
        }

        private boolean isOf(String cluster) {
            return timeline > 0 && (cluster.isEmpty() || system.isEmpty() || system.equals(cluster));
        }
    }

    Timelines {
        claims = Map.copyOf(claims);
        strangers = Set.copyOf(strangers);
    }

    /**
     * The timelines after the nodes have answered.
     *
     * @param answers of all nodes
     * @param members those of them that are up and not of another cluster
     * @param primary the node that writes went to last
     */
    Timelines heard(List<Node> answers, List<Node> members, String system, Optional<Address> primary) {
        Map<Address, Claim> next = new HashMap<>(claims);
        members.forEach(node -> next.merge(address(node), claim(node), Claim::later));
        boolean allAsked = answers.stream().allMatch(Node::isProbed);
        Timelines heard = new Timelines(next, allAsked ? Claim.NONE : departed, strangers);
        return new Timelines(next, heard.departed, heard.strangersNow(this, answers, members, system, primary));
    }

    /** @param before the timelines that were known before these answers */
    private Set<Address> strangersNow(
            Timelines before, List<Node> answers, List<Node> members, String system, Optional<Address> primary) {
        if (primary.isEmpty()) {
            return Set.of();
        }
        Set<Address> next = new HashSet<>(strangers);
        answers.stream()
                .filter(node -> node.isProbed() && node.state() != State.OK && !claims.containsKey(address(node)))
                .forEach(node -> next.add(address(node)));
        Optional<Node> inUse = members.stream()
                .filter(node -> node.isPrimary() && primary.get().equals(address(node)))
                .findFirst();
        members.stream()
                .filter(node -> next.contains(address(node)))
                .filter(node -> !isDoubtful(node, inUse, before, system))
                .forEach(node -> next.remove(address(node)));
        return next;
    }

    private boolean isDoubtful(Node stranger, Optional<Node> inUse, Timelines before, String system) {
        if (!stranger.isPrimary() || others(stranger, system) >= stranger.timeline()) {
            return false;
        }
        boolean doubtedBefore = before.claims.containsKey(address(stranger));
        return doubtedBefore
                || inUse.filter(one -> one.timeline() < stranger.timeline()).isPresent();
    }

    /**
     * The timelines after a change of the configuration.
     *
     * @param added the nodes that were not there before
     * @param primary the one in use, where it is still there
     */
    Timelines configured(Set<Address> present, Set<Address> added, String system, Optional<Address> primary) {
        Map<Address, Claim> kept = new HashMap<>(claims);
        kept.keySet().retainAll(present);
        Claim gone = Stream.concat(
                        Stream.of(departed),
                        claims.entrySet().stream()
                                .filter(each -> !present.contains(each.getKey()) && !isLeap(each.getKey(), system))
                                .map(Map.Entry::getValue))
                .filter(claim -> claim.isOf(system))
                .reduce(Claim.NONE, (one, other) -> one.timeline >= other.timeline ? one : other);
        Set<Address> joined = new HashSet<>(strangers);
        joined.retainAll(present);
        if (primary.isPresent()) {
            joined.addAll(added);
        }
        return new Timelines(kept, gone, joined);
    }

    /** The highest timeline: a primary on an earlier one is out of date. 0 where none is known. */
    int highest(String system) {
        int highest = departed.isOf(system) ? departed.timeline : 0;
        for (Map.Entry<Address, Claim> each : claims.entrySet()) {
            if (each.getValue().isOf(system) && !isLeap(each.getKey(), system)) {
                highest = Math.max(highest, each.getValue().timeline);
            }
        }
        return highest;
    }

    /** Whether the timeline that the node reports cannot be true. */
    boolean isLeap(Node node, String system) {
        return isLeap(address(node), system);
    }

    private boolean isLeap(Address address, String system) {
        Claim claim = claims.getOrDefault(address, Claim.NONE);
        int others = others(address, system);
        int most = claim.system.isEmpty() && !system.isEmpty() ? 0 : LEAP;
        return others > 0 && claim.timeline - others > most;
    }

    /** Whether it must not be the primary before more is known. */
    boolean isStranger(Node node) {
        return strangers.contains(address(node));
    }

    /** The highest timeline that nodes other than this one have reported. */
    int others(Node node, String system) {
        return others(address(node), system);
    }

    private int others(Address address, String system) {
        return claims.entrySet().stream()
                .filter(each ->
                        !each.getKey().equals(address) && each.getValue().isOf(system))
                .mapToInt(each -> each.getValue().timeline)
                .max()
                .orElse(0);
    }

    private static Claim claim(Node node) {
        return new Claim(node.system(), node.timeline());
    }

    private static Address address(Node node) {
        return node.backend().address();
    }
}

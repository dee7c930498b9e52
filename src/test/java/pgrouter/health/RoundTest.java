package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;

final class RoundTest {
    private static final Finding DOWN = new Finding.Unusable(State.FAILED, "gone");

    private final Node p = Node.unknown(Nodes.backend("p", 100));
    private final Node q = Node.unknown(Nodes.backend("q", 100));
    private final Node s = Node.unknown(Nodes.backend("s", 100));

    private static Finding primary(long position, int timeline) {
        return new Finding.Primary(new Lsn(position), timeline, 7);
    }

    private static Finding standby(long replayed) {
        return new Finding.Standby(Optional.of(new Lsn(replayed)), 8);
    }

    private static Round add(Round round, Node node, Finding finding) {
        round.add(node.backend().address(), finding);
        return round;
    }

    private static ClusterView view(Node... nodes) {
        return new ClusterView(List.of(nodes));
    }

    private static Node find(ClusterView view, Node node) {
        return view.node(node.backend().address()).orElseThrow();
    }

    /** What a whole round makes of the view before. */
    private ClusterView round(ClusterView before, Finding ofP, Finding ofS) {
        return add(add(new Round(before), p, ofP), s, ofS).view();
    }

    @Test
    void whoWasNotHeardYetIsAsBefore() {
        ClusterView view = add(new Round(view(p, s)), p, primary(1000, 1)).view();
        assertThat(find(view, s)).isEqualTo(s);
        assertThat(find(view, p)).isEqualTo(Node.primary(p.backend(), new Lsn(1000), 1, 7));
    }

    @Test
    void theOrderOfTheFileStays() {
        ClusterView view =
                add(add(new Round(view(s, q, p)), p, primary(1, 1)), q, DOWN).view();
        assertThat(view.nodes()).extracting(Node::backend).containsExactly(s.backend(), q.backend(), p.backend());
    }

    @Test
    void lagIsTheDistanceToThePrimaryOfTheSameRound() {
        assertThat(find(round(view(p, s), primary(1000, 1), standby(940)), s).lag())
                .contains(60L);
        assertThat(find(round(view(p, s), primary(1000, 1), standby(1040)), s).lag())
                .contains(0L);
    }

    @Test
    void lagIsNotMeasuredAgainstThePrimaryOfARoundBefore() {
        ClusterView before = round(view(p, s), primary(1000, 1), standby(1000));
        ClusterView early = add(new Round(before), s, standby(5000)).view();
        assertThat(find(early, s).lag()).contains(0L);
        ClusterView far = add(add(new Round(before), s, standby(5000)), p, primary(9000, 1))
                .view();
        assertThat(find(far, s).lag()).contains(4000L);
    }

    @Test
    void whileThePrimaryIsSilentAStandbyKeepsItsLag() {
        ClusterView before = round(view(p, s), primary(1000, 1), standby(940));
        ClusterView after = round(before, DOWN, standby(990));
        assertThat(find(after, s))
                .extracting(Node::lag, Node::position)
                .containsExactly(Optional.of(60L), Optional.of(new Lsn(990)));
    }

    @Test
    void withoutAnyPrimaryAStandbyHasNoLag() {
        assertThat(find(round(view(p, s), DOWN, standby(1)), s).lag()).isEmpty();
    }

    /** It may have been away for hours: what it was behind then says nothing about now. */
    @Test
    void aStandbyThatComesBackIsMeasuredAnew() {
        ClusterView before = round(view(p, s), primary(1000, 1), standby(1000));
        ClusterView away = round(before, primary(2000, 1), DOWN);
        ClusterView back = add(new Round(away), s, standby(1000)).view();
        assertThat(find(back, s).isSuitableReader()).isFalse();
        assertThat(find(round(away, primary(9000, 1), standby(8990)), s).lag()).contains(10L);
    }

    @Test
    void anUnusableNodeKeepsItsRoleAndPosition() {
        ClusterView before = round(view(p, s), primary(1000, 4), standby(1000));
        ClusterView after = round(before, DOWN, new Finding.Unusable(State.STARTING, "57P03"));
        assertThat(find(after, p))
                .extracting(Node::state, Node::role, Node::position, Node::timeline, Node::reason)
                .containsExactly(State.FAILED, Role.PRIMARY, Optional.of(new Lsn(1000)), 4, "gone");
        assertThat(find(after, s)).extracting(Node::state, Node::role).containsExactly(State.STARTING, Role.STANDBY);
    }

    @Test
    void aStandbyThatWasPromotedIsThePrimary() {
        ClusterView before = round(view(p, s), primary(1000, 1), standby(1000));
        ClusterView after = round(before, DOWN, primary(1100, 2));
        assertThat(after.primary()).contains(Node.primary(s.backend(), new Lsn(1100), 2, 7));
        assertThat(find(after, s).lag()).isEmpty();
    }

    @Test
    void ofTwoPrimariesLagIsMeasuredAgainstTheOneThatCounts() {
        Round round =
                add(add(add(new Round(view(p, q, s)), p, primary(9000, 1)), q, primary(1000, 2)), s, standby(900));
        assertThat(round.view().primary().orElseThrow().backend()).isEqualTo(q.backend());
        assertThat(find(round.view(), s).lag()).contains(100L);
    }

    @Test
    void aStandbyThatHasReplayedNothingHasNoPosition() {
        ClusterView view = round(view(p, s), primary(1000, 1), new Finding.Standby(Optional.empty(), 8));
        assertThat(find(view, s))
                .extracting(Node::position, Node::lag)
                .containsExactly(Optional.empty(), Optional.empty());
    }

    @Test
    void aFindingOfANodeThatIsNotInTheViewIsIgnored() {
        assertThat(add(new Round(view(p)), s, standby(1)).view()).isEqualTo(view(p));
    }
}

package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NodeTest {
    private static final Lsn HERE = new Lsn(1000);

    private static Node standby(int weight, Optional<Long> lag) {
        return Node.standby(Nodes.backend("s", weight), Optional.of(HERE), lag, 5);
    }

    @Test
    void beforeItsFirstProbeANodeIsOfNoUse() {
        Node node = Node.unknown(Nodes.backend("s", 100));
        assertThat(node.isPrimary()).isFalse();
        assertThat(node.isSuitableReader()).isFalse();
        assertThat(node.role()).isEqualTo(Role.UNKNOWN);
        assertThat(node.reason()).isEqualTo(Reason.NOT_PROBED);
    }

    @Test
    void aStandbyIsSuitableUpToItsLagLimit() {
        assertThat(standby(100, Optional.of(0L)).isSuitableReader()).isTrue();
        assertThat(standby(100, Optional.of(100L)).isSuitableReader()).isTrue();
        assertThat(standby(100, Optional.of(101L)).isSuitableReader()).isFalse();
    }

    @Test
    void aStandbyWhoseLagIsNotKnownIsNotSuitable() {
        assertThat(standby(100, Optional.empty()).isSuitableReader()).isFalse();
    }

    @Test
    void aStandbyWithoutWeightIsNotSuitable() {
        assertThat(standby(0, Optional.of(0L)).isSuitableReader()).isFalse();
    }

    @Test
    void aPrimaryIsNoReader() {
        Node primary = Node.primary(Nodes.backend("p", 100), HERE, 1, 5);
        assertThat(primary.isPrimary()).isTrue();
        assertThat(primary.isSuitableReader()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTING", "FAILED"})
    void anUnusableNodeKeepsItsRoleAndPositionOnly(State state) {
        Node primary = Node.primary(Nodes.backend("p", 100), HERE, 3, 5).unusable(state, "why");
        assertThat(primary.isPrimary()).isFalse();
        assertThat(primary)
                .extracting(Node::state, Node::role, Node::reason, Node::position, Node::timeline, Node::askedAt)
                .containsExactly(state, Role.PRIMARY, new Reason.Unusable("why"), Optional.of(HERE), 3, 5L);
        assertThat(standby(100, Optional.of(0L)).unusable(state, "why").isSuitableReader())
                .isFalse();
    }

    @Test
    void rolesAreWrittenInSmallLetters() {
        assertThat(Role.values()).extracting(Role::toString).containsExactly("primary", "standby", "unknown");
    }
}

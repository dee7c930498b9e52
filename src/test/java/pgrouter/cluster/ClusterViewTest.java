package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import pgrouter.config.Address;

final class ClusterViewTest {
    private static final Node OLD = Nodes.primary("old", 9000, 1, 1);
    private static final Node NEW = Nodes.primary("new", 1000, 2, 1);
    private static final Node STANDBY = Nodes.standby("s", 100, 1000);

    private static Address address(Node node) {
        return node.backend().address();
    }

    @Test
    void ofTwoPrimariesTheOneOfTheHigherTimelineCounts() {
        assertThat(new ClusterView(List.of(OLD, NEW, STANDBY)).primary()).contains(NEW);
        assertThat(new ClusterView(List.of(NEW, OLD, STANDBY)).primary()).contains(NEW);
    }

    @Test
    void aPrimaryThatIsDownIsNone() {
        Node down = NEW.unusable(State.FAILED, "gone");
        assertThat(new ClusterView(List.of(OLD, down)).primary()).contains(OLD);
        assertThat(new ClusterView(List.of(down, STANDBY)).primary()).isEmpty();
        assertThat(new ClusterView(List.of()).primary()).isEmpty();
    }

    @Test
    void aLostPrimaryIsTheLastOneAsItWasUntilThereIsAnotherOrItIsRemoved() {
        ClusterView before = new ClusterView(List.of(OLD, STANDBY));
        assertThat(before.lastPrimary()).contains(OLD);
        ClusterView lost = before.failed(address(OLD), node -> node.unusable(State.FAILED, "gone"));
        assertThat(lost.primary()).isEmpty();
        assertThat(lost.lastPrimary()).contains(OLD);
        assertThat(lost.without(Set.of(address(STANDBY))).lastPrimary()).contains(OLD);
        ClusterView promoted = lost.with(Nodes.primary("s", 2000, 2, 2));
        assertThat(promoted.lastPrimary()).isEqualTo(promoted.primary()).isPresent();
        assertThat(lost.configured(List.of(STANDBY.backend())).lastPrimary()).isEmpty();
    }

    @Test
    void aDrainedStandbyIsNoReaderUntilItIsResumed() {
        ClusterView before = new ClusterView(List.of(NEW, STANDBY));
        ClusterView drained = before.drained(address(STANDBY), true);
        assertThat(drained.suitableReaders()).isEmpty();
        assertThat(drained.node(address(STANDBY)).orElseThrow().whyUnused()).isEqualTo("drained");
        assertThat(drained.with(STANDBY).suitableReaders()).as("after a probe").isEmpty();
        assertThat(drained.configured(List.of(NEW.backend(), Nodes.backend("s", 7)))
                        .suitableReaders())
                .as("after a reload")
                .isEmpty();
        ClusterView resumed = drained.drained(address(STANDBY), false);
        assertThat(resumed.suitableReaders()).hasSize(1);
        assertThat(resumed.readersVersion()).isGreaterThan(before.readersVersion());
    }

    @Test
    void readersAreTheSuitableStandbysInTheOrderOfTheFile() {
        Node second = Nodes.standby("s2", 1, 1);
        Node late = Node.standby(Nodes.backend("late", 100), Optional.of(new Lsn(1)), Optional.of(101L), 1);
        ClusterView view = new ClusterView(List.of(STANDBY, OLD, late, Nodes.standby("none", 0, 1), second));
        assertThat(view.suitableReaders()).containsExactly(STANDBY, second);
    }

    @Test
    void aNodeIsFoundByItsAddress() {
        ClusterView view = new ClusterView(List.of(OLD, STANDBY));
        assertThat(view.node(address(STANDBY))).contains(STANDBY);
        assertThat(view.node(address(NEW))).isEmpty();
        assertThat(view.node(new Address.Host("s", 5433))).isEmpty();
    }

    @Test
    void nodesCanBeLeftOut() {
        ClusterView view = new ClusterView(List.of(NEW, OLD, STANDBY));
        assertThat(view.without(Set.of())).isEqualTo(view);
        assertThat(view.without(Set.of(address(NEW))).suitableReaders()).containsExactly(STANDBY);
        assertThat(view.without(Set.of(address(STANDBY))).suitableReaders()).isEmpty();
    }

    @Test
    void nodesThatAnswerAreCounted() {
        Node down = NEW.unusable(State.FAILED, "gone");
        Node starting = NEW.unusable(State.STARTING, "57P03");
        Node unknown = Node.unknown(Nodes.backend("u", 100));
        assertThat(new ClusterView(List.of(OLD, STANDBY, down, starting, unknown)).usable())
                .isEqualTo(2);
    }

    @Test
    void aViewDoesNotChangeWithTheListItWasMadeOf() {
        List<Node> nodes = new ArrayList<>(List.of(OLD));
        ClusterView view = new ClusterView(nodes);
        nodes.add(NEW);
        assertThat(view.nodes()).containsExactly(OLD);
    }

    @Test
    void aClusterBeginsUnknownAndShowsWhatWasPublishedLast() {
        Cluster cluster = new Cluster(List.of(OLD.backend()));
        assertThat(cluster.view().nodes()).containsExactly(Node.unknown(OLD.backend()));
        ClusterView next = new ClusterView(List.of(OLD));
        cluster.publish(next);
        assertThat(cluster.view()).isEqualTo(next);
    }
}

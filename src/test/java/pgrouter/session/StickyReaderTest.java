package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.routing.ReadPosition;

/** A session that writes and reads does not go from one standby to the other and back. */
final class StickyReaderTest {
    private final Node primary = Nodes.primary("db1", 2000, 1, 10);
    private final Node behind = Nodes.standby("db2", 100, 1999);
    private final Node far = Nodes.standby("db3", 100, 2000);
    private final ClusterView view = new ClusterView(List.of(primary, behind, far));
    private final ReadPosition written = ReadPosition.writtenAt(5).resolve(view, 0);
    private final AtomicLong clock = new AtomicLong(-1);
    private final StickyReader ownStandby = new StickyReader(clock::get);

    private List<Node> choice(Node own, ReadPosition needed) {
        return ownStandby.choice(Optional.of(own), needed, view).suitableReaders();
    }

    private void pass(long nanos) {
        clock.addAndGet(nanos);
    }

    @Test
    void asLongAsItsStandbyIsALittleBehindTheSessionTakesNoOther() {
        assertThat(choice(behind, written)).containsExactly(behind);
        pass(StickyReader.PATIENCE.toNanos() - 1);
        assertThat(choice(behind, written)).containsExactly(behind);
    }

    @Test
    void oneThatStaysBehindIsLeft() {
        choice(behind, written);
        pass(StickyReader.PATIENCE.toNanos());
        assertThat(choice(behind, written)).containsExactly(behind, far);
    }

    @Test
    void oneThatHasCaughtUpInBetweenIsNot() {
        choice(behind, written);
        pass(StickyReader.PATIENCE.toNanos() / 2);
        assertThat(choice(far, written)).containsExactly(behind, far);
        pass(StickyReader.PATIENCE.toNanos() / 2);
        assertThat(choice(behind, written)).containsExactly(behind);
    }

    @Test
    void withoutAPrimaryToReadFromItIsLeftAtOnce() {
        ClusterView lost = new ClusterView(List.of(behind, far));
        assertThat(ownStandby.choice(Optional.of(behind), written, lost).suitableReaders())
                .containsExactly(behind, far);
    }

    @Test
    void aSessionThatHasNotWrittenAndOneWithoutAStandbyChooseFromAll() {
        assertThat(choice(behind, ReadPosition.ANY)).containsExactly(behind, far);
        assertThat(ownStandby.choice(Optional.empty(), written, view)).isEqualTo(view);
    }
}

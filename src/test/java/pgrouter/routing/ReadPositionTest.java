package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.AsynchronousCommits;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;

final class ReadPositionTest {
    /** No write is asynchronous. */
    private static final long NEVER = -1;

    private static final Node STANDBY = Nodes.standby("s", 100, 1000);

    private static ClusterView primaryAsked(long position, long askedAt) {
        return new ClusterView(List.of(Nodes.primary("p", position, 1, askedAt), STANDBY));
    }

    @Test
    void aSessionThatHasNotWrittenReadsAnywhere() {
        Node nowhere = Node.standby(Nodes.backend("s", 100), Optional.empty(), Optional.of(0L), 0);
        assertThat(ReadPosition.ANY.isReachedBy(nowhere)).isTrue();
        assertThat(ReadPosition.ANY.resolve(primaryAsked(2000, 10), NEVER)).isSameAs(ReadPosition.ANY);
    }

    @Test
    void nobodyReachesAWriteWhosePositionIsOpen() {
        ReadPosition position = ReadPosition.writtenAt(10);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, Long.MAX_VALUE)))
                .isFalse();
    }

    @Test
    void aProbeThatAskedBeforeOrAtTheWriteDoesNotResolveIt() {
        ReadPosition position = ReadPosition.writtenAt(10);
        assertThat(position.resolve(primaryAsked(1, 9), NEVER).isReachedBy(STANDBY))
                .isFalse();
        assertThat(position.resolve(primaryAsked(1, 10), NEVER).isReachedBy(STANDBY))
                .isFalse();
    }

    @Test
    void aProbeThatAskedLaterGivesThePositionToReach() {
        ReadPosition position = ReadPosition.writtenAt(10).resolve(primaryAsked(1000, 11), NEVER);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 999))).isFalse();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 1000))).isTrue();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 1001))).isTrue();
    }

    @Test
    void aResolvedPositionDoesNotMoveOnWithThePrimary() {
        ReadPosition position = ReadPosition.writtenAt(10)
                .resolve(primaryAsked(1000, 11), NEVER)
                .resolve(primaryAsked(9000, 12), NEVER);
        assertThat(position.isReachedBy(STANDBY)).isTrue();
    }

    @Test
    void positionsAreUnsigned() {
        ReadPosition position = ReadPosition.writtenAt(10).resolve(primaryAsked(-1000, 11), NEVER);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, Long.MAX_VALUE)))
                .isFalse();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, -999))).isTrue();
    }

    /** System.nanoTime() may be negative, and may overflow while pgrouter runs. */
    @Test
    void timesAreComparedByTheirDifference() {
        ReadPosition position = ReadPosition.writtenAt(Long.MAX_VALUE);
        assertThat(position.resolve(primaryAsked(1, Long.MIN_VALUE), NEVER).isReachedBy(STANDBY))
                .isTrue();
        assertThat(position.resolve(primaryAsked(1, Long.MAX_VALUE - 1), NEVER).isReachedBy(STANDBY))
                .isFalse();
    }

    @Test
    void withoutAPrimaryItStaysOpen() {
        Node lost = Nodes.primary("p", 1, 1, 11).unusable(State.FAILED, "gone");
        ReadPosition position = ReadPosition.writtenAt(10).resolve(new ClusterView(List.of(lost, STANDBY)), NEVER);
        assertThat(position.isReachedBy(STANDBY)).isFalse();
    }

    private static ClusterView afterItsLoss(ClusterView view) {
        return view.failed(Nodes.backend("p", 100).address(), node -> node.unusable(State.FAILED, "gone"));
    }

    @Test
    void whatAPrimaryHasToldBeforeItWasLostStillCounts() {
        ClusterView lost = afterItsLoss(primaryAsked(1000, 11));
        assertThat(ReadPosition.writtenAt(10).resolve(lost, NEVER).isReachedBy(STANDBY))
                .isTrue();
        assertThat(ReadPosition.writtenAt(10).resolve(lost, NEVER).isReachedBy(Nodes.standby("s", 100, 999)))
                .isFalse();
        assertThat(ReadPosition.writtenAt(11).resolve(lost, NEVER).isOpen())
                .as("a write after that")
                .isTrue();
    }

    /** It may have been cut off before the write, and replay something else since. */
    @Test
    void aStandbyOnAnEarlierTimelineThanTheWriteHasNotReachedIt() {
        ReadPosition position = ReadPosition.writtenAt(10)
                .resolve(new ClusterView(List.of(Nodes.primary("p", 1000, 2, 11), STANDBY)), NEVER);
        assertThat(position.isReachedBy(STANDBY.on(1))).isFalse();
        assertThat(position.isReachedBy(STANDBY.on(2))).isTrue();
        assertThat(position.isReachedBy(STANDBY.on(3))).isTrue();
    }

    @Test
    void thePositionOfALaterWriteCoversAnEarlierOne() {
        ReadPosition earlier = ReadPosition.writtenAt(10);
        ReadPosition later = ReadPosition.othersWroteAt(11);
        assertThat(later.covers(earlier)).isTrue();
        assertThat(earlier.covers(later)).isFalse();
        assertThat(earlier.covers(ReadPosition.ANY)).isTrue();
        assertThat(ReadPosition.ANY.covers(earlier)).isFalse();
        assertThat(ReadPosition.ANY.covers(ReadPosition.ANY)).isTrue();
    }

    @Test
    void aPositionOfATimelineThatHasEndedBecomesTheNextPrimarysOwn() {
        ReadPosition lost = ReadPosition.writtenAt(10)
                .resolve(new ClusterView(List.of(Nodes.primary("p", 9000, 1, 11), STANDBY)), NEVER);
        assertThat(lost.isReachedBy(STANDBY)).isFalse();
        ClusterView promoted = new ClusterView(List.of(Nodes.primary("q", 900, 2, 12)));
        assertThat(lost.resolve(promoted, NEVER).isReachedBy(Nodes.standby("s", 100, 899)))
                .isFalse();
        assertThat(lost.resolve(promoted, NEVER).isReachedBy(Nodes.standby("s", 100, 900)))
                .isTrue();
    }

    private static ClusterView then(ClusterView view, long flushed, long inserted, long askedAt) {
        Lsn position = new Lsn(flushed);
        Lsn ahead = new Lsn(inserted);
        AsynchronousCommits commits =
                AsynchronousCommits.told(false, Optional.empty(), position, ahead, askedAt, askedAt);
        Node.Place place = new Node.Place(Optional.of(position), Optional.of(ahead), 1, askedAt, Optional.of(commits));
        return view.at(Nodes.backend("p", 100).address(), Role.PRIMARY, place);
    }

    /** A primary that was asked at 12, and has flushed all that it had inserted at 7. */
    private static ClusterView flushing(long flushed, long inserted) {
        return then(then(primaryAsked(100, 4), 100, 100, 7), flushed, inserted, 12);
    }

    @Test
    void thePositionIsWhatThePrimaryHasFlushed() {
        ReadPosition position = ReadPosition.writtenAt(10).resolve(flushing(900, 1000), 6);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 899))).isFalse();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 900))).isTrue();
    }

    @Test
    void afterAnAsynchronousCommitItIsWhatThePrimaryHasInserted() {
        ReadPosition position = ReadPosition.writtenAt(10).resolve(flushing(900, 1000), 9);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 900))).isFalse();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 1000))).isTrue();
    }

    /** Nobody knows how the commits were made that did not pass through pgrouter. */
    @Test
    void aReadOfAllThatIsCommittedNeedsWhatThePrimaryHasInserted() {
        ReadPosition position = ReadPosition.committedBefore(10).resolve(flushing(900, 1000), 6);
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 900))).isFalse();
        assertThat(position.isReachedBy(Nodes.standby("s", 100, 1000))).isTrue();
        ReadPosition flushed = ReadPosition.othersWroteAt(11).resolve(flushing(900, 1000), 6);
        assertThat(ReadPosition.committedBefore(10).takeFrom(flushed).isOpen()).isTrue();
    }

    @Test
    void aPositionThatAPrimaryLostInACrashIsForgotten() {
        ReadPosition lost = ReadPosition.writtenAt(10).resolve(primaryAsked(9000, 11), NEVER);
        ReadPosition survived = lost.resolve(primaryAsked(900, 12), NEVER);
        assertThat(survived.isReachedBy(Nodes.standby("s", 100, 899))).isFalse();
        assertThat(survived.isReachedBy(Nodes.standby("s", 100, 900))).isTrue();
    }

    @Test
    void aStandbyWithoutAPositionHasReachedNothing() {
        ReadPosition position = ReadPosition.writtenAt(10).resolve(primaryAsked(0, 11), NEVER);
        Node nowhere = Node.standby(Nodes.backend("s", 100), Optional.empty(), Optional.of(0L), 0);
        assertThat(position.isReachedBy(nowhere)).isFalse();
    }
}

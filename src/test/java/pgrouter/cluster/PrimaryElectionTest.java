package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pgrouter.config.Backend;

/** Which of several primaries is believed, and what that means for the standbys. */
final class PrimaryElectionTest {
    private static final String OURS = "7001";

    private static Backend backend(String name) {
        return Nodes.backend(name, 100);
    }

    private static Node primary(String name, int timeline) {
        return Nodes.primary(name, 1000, timeline, 10).of(OURS);
    }

    private static Node standby(String name, int timeline) {
        return Node.standby(backend(name), Optional.of(new Lsn(1000)), Optional.empty(), 10)
                .on(timeline)
                .of(OURS);
    }

    private static ClusterView view(String... names) {
        return new ClusterView(
                Stream.of(names).map(name -> Node.unknown(backend(name))).toList());
    }

    private static Node find(ClusterView view, String name) {
        return view.node(backend(name).address()).orElseThrow();
    }

    private static Optional<String> primaryOf(ClusterView view) {
        return view.primary().map(node -> node.backend().address().toString());
    }

    @Test
    void theHigherTimelineIsThePrimaryWhoeverComesFirst() {
        ClusterView old = view("a", "b").with(primary("a", 1));
        assertThat(primaryOf(old)).contains("a:5432");
        ClusterView both = old.with(primary("b", 2));
        assertThat(primaryOf(both)).contains("b:5432");
        assertThat(find(both, "a").state()).isEqualTo(State.FAILED);
        assertThat(find(both, "a").reason().text()).contains("timeline 1", "timeline 2");
        assertThat(both.isSuperseded(backend("a").address())).isTrue();
        assertThat(both.isSuperseded(backend("b").address())).isFalse();
    }

    @Test
    void anOldPrimaryIsNotBelievedWhileTheNewOneIsAway() {
        ClusterView promoted = view("a", "b").with(primary("a", 1)).with(primary("b", 2));
        ClusterView away =
                promoted.failed(backend("b").address(), node -> node.unusable(State.FAILED, "connection lost"));
        assertThat(away.primary()).isEmpty();
        assertThat(away.with(primary("a", 1)).primary()).isEmpty();
        assertThat(primaryOf(away.with(primary("b", 2)))).contains("b:5432");
    }

    @Test
    void aStandbyOfAHigherTimelineProvesThatAPrimaryIsOld() {
        ClusterView view = view("a", "s").with(standby("s", 2)).with(primary("a", 1));
        assertThat(view.primary()).isEmpty();
        assertThat(find(view, "a").reason().text()).contains("timeline 2 was seen elsewhere");
    }

    @Test
    void ofTwoOnTheSameTimelineTheOneInUseIsKept() {
        ClusterView one = view("a", "b").with(primary("b", 2));
        ClusterView two = one.with(primary("a", 2));
        assertThat(primaryOf(two)).contains("b:5432");
        assertThat(find(two, "a").state()).isEqualTo(State.FAILED);
        assertThat(find(two, "a").reason().text()).contains("so does b:5432 on the same timeline 2, which is kept");
        assertThat(two.isSuperseded(backend("a").address())).isFalse();
    }

    @Test
    void aStandbyOfTheTimelineBeforeGetsNoReadsUntilItFollows() {
        ClusterView promoted =
                view("a", "s").with(primary("a", 1)).with(standby("s", 1)).with(primary("a", 2));
        assertThat(promoted.suitableReaders()).isEmpty();
        assertThat(find(promoted, "s").reason().text()).isEqualTo("it follows timeline 1, the primary is on 2");
        assertThat(promoted.with(standby("s", 2)).suitableReaders()).hasSize(1);
    }

    @Test
    void aStandbyKeepsTheTimelineThatItWasSeenToFollow() {
        ClusterView view = view("a", "s").with(primary("a", 2)).with(standby("s", 2));
        assertThat(view.with(standby("s", 1)).suitableReaders()).hasSize(1);
    }

    @Test
    void aNodeOfAnotherClusterHasFailedForThatReasonWhoeverAnswersFirst() {
        ClusterView view = view("x", "a", "s")
                .with(primary("x", 9).of("6666"))
                .with(primary("a", 1))
                .with(standby("s", 1));
        assertThat(primaryOf(view)).contains("a:5432");
        assertThat(find(view, "x").state()).isEqualTo(State.FAILED);
        assertThat(find(view, "x").reason().text()).contains("another cluster", "6666", OURS);
        assertThat(view.suitableReaders()).hasSize(1);
    }

    @Test
    void ofTwoClustersOfTheSameSizeTheFirstInTheFileIsOurs() {
        ClusterView view = view("a", "x").with(primary("x", 9).of("6666")).with(primary("a", 1));
        assertThat(primaryOf(view)).contains("a:5432");
    }

    @Test
    void whoseSystemIsNotKnownIsNoForeigner() {
        ClusterView view =
                view("a", "s").with(primary("a", 1)).with(standby("s", 1).of(""));
        assertThat(view.suitableReaders()).hasSize(1);
    }

    @Test
    void standbysThatBecomeSuitableOrChangeTheirWeightAreToBeChosenFromAnew() {
        ClusterView view = view("a", "s").with(primary("a", 1));
        ClusterView gained = view.with(standby("s", 1));
        assertThat(gained.readersVersion()).isGreaterThan(view.readersVersion());
        ClusterView again = gained.with(standby("s", 1));
        assertThat(again.readersVersion()).isEqualTo(gained.readersVersion());
        ClusterView lost = again.failed(backend("s").address(), node -> node.unusable(State.FAILED, "gone"));
        assertThat(lost.readersVersion()).isEqualTo(gained.readersVersion());
        ClusterView weighed = again.configured(List.of(backend("a"), Nodes.backend("s", 5)));
        assertThat(weighed.readersVersion()).isGreaterThan(again.readersVersion());
    }

    @Test
    void newsOfABackendThatWasRemovedAreNone() {
        ClusterView view = view("a", "s").with(primary("a", 1)).configured(List.of(backend("a")));
        assertThat(view.with(standby("s", 1)).nodes()).hasSize(1);
    }
}

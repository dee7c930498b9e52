package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.Address;
import pgrouter.config.Backend;

/** A wrong timeline that one node says costs that node, and is forgotten with it. */
final class TimelinesTest {
    private static final String OURS = "7001";
    private static final int HIGHEST = Integer.MAX_VALUE;

    private static Backend backend(String name) {
        return Nodes.backend(name, 100);
    }

    private static List<Backend> backends(String... names) {
        return Stream.of(names).map(TimelinesTest::backend).toList();
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
        return new ClusterView(backends(names).stream().map(Node::unknown).toList());
    }

    private static ClusterView lost(ClusterView view, String name) {
        return view.failed(backend(name).address(), node -> node.unusable(State.FAILED, "gone"));
    }

    private static String reason(ClusterView view, String name) {
        return view.node(backend(name).address()).orElseThrow().reason().text();
    }

    private static Optional<String> primaryOf(ClusterView view) {
        return view.primary().map(node -> ((Address.Host) node.backend().address()).name());
    }

    @Test
    void whatANodeHasSaidIsForgottenWithIt() {
        ClusterView lied = view("a", "liar").with(primary("liar", 9)).with(primary("a", 1));
        assertThat(primaryOf(lied)).contains("liar");
        ClusterView gone = lost(lied, "liar");
        assertThat(gone.primary()).as("it may be the true one, and come back").isEmpty();
        assertThat(primaryOf(gone.configured(backends("a")))).contains("a");
    }

    @Test
    void aStandbysWordIsForgottenWithItToo() {
        ClusterView lied = view("a", "liar").with(standby("liar", 9)).with(primary("a", 1));
        assertThat(lied.primary()).isEmpty();
        assertThat(primaryOf(lied.configured(backends("a")))).contains("a");
    }

    @Test
    void itIsForgottenThoughItComesBackToTheConfiguration() {
        ClusterView lied = view("a", "liar").with(primary("liar", 9)).with(primary("a", 1));
        ClusterView back = lied.configured(backends("a")).configured(backends("a", "liar"));
        assertThat(primaryOf(back.with(standby("liar", 1)))).contains("a");
        assertThat(back.with(standby("liar", 1)).suitableReaders()).hasSize(1);
    }

    @Test
    void whatOthersHaveSeenAsWellStays() {
        ClusterView promoted = view("a", "b", "s")
                .with(primary("a", 1))
                .with(standby("b", 1))
                .with(primary("b", 2))
                .with(standby("s", 2));
        ClusterView without = lost(promoted, "s").configured(backends("a", "s"));
        assertThat(without.with(primary("a", 1)).primary()).isEmpty();
    }

    @Test
    void aPrimaryThatGetsAnotherAddressLetsNoOlderOneInBeforeItIsAsked() {
        ClusterView promoted = view("a", "b").with(primary("a", 1)).with(primary("b", 2));
        ClusterView renamed = promoted.configured(backends("a", "b2"));
        assertThat(renamed.with(primary("a", 1)).primary()).isEmpty();
        assertThat(primaryOf(renamed.with(primary("b2", 2)))).contains("b2");
        assertThat(primaryOf(renamed.with(primary("b2", 2)).with(primary("a", 1))))
                .contains("b2");
        assertThat(primaryOf(lost(renamed, "b2"))).as("as after a restart").contains("a");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, Timelines.LEAP, HIGHEST})
    void aTimelineThatCannotBeIsNobodysWhoeverComesFirst(int timeline) {
        boolean leap = timeline == HIGHEST;
        ClusterView last = view("a", "b").with(primary("a", 1)).with(primary("b", timeline));
        ClusterView first = view("a", "b").with(primary("b", timeline)).with(primary("a", 1));
        assertThat(primaryOf(last)).contains(leap ? "a" : "b");
        assertThat(primaryOf(first)).contains(leap ? "a" : "b");
        if (leap) {
            assertThat(reason(last, "b"))
                    .isEqualTo(
                            "it says that it is the primary, on timeline 2147483647, which cannot be: the others are on 1");
            assertThat(lost(last, "a").primary()).isEmpty();
        }
    }

    @Test
    void aStandbyOnATimelineThatCannotBeTakesNobodysWritesAndGetsNoReads() {
        ClusterView view =
                view("a", "s", "b").with(primary("a", 1)).with(standby("b", 1)).with(standby("s", HIGHEST));
        assertThat(primaryOf(view)).contains("a");
        assertThat(view.suitableReaders()).hasSize(1);
        assertThat(reason(view, "s")).contains("it says that it follows timeline 2147483647, which cannot be");
    }

    @Test
    void ofAClusterThatHasSeenManyPromotionsAnAncientNodeIsNoMeasure() {
        ClusterView view = view("ancient", "b", "s")
                .with(primary("ancient", 1))
                .with(primary("b", 5000))
                .with(standby("s", 5000));
        assertThat(primaryOf(view)).contains("b");
    }

    @Test
    void aNodeThatDoesNotTellItsClusterRaisesNoTimeline() {
        ClusterView view =
                view("a", "b").with(primary("a", 1)).with(primary("b", 2).of(""));
        assertThat(primaryOf(view)).contains("a");
        assertThat(reason(view, "b")).contains("which cannot be");
    }

    @Test
    void whereNoNodeTellsItsClusterTimelinesCountAllTheSame() {
        ClusterView view =
                view("a", "b").with(primary("a", 1).of("")).with(primary("b", 2).of(""));
        assertThat(primaryOf(view)).contains("b");
    }

    @Test
    void aStandbyThatIsPromotedIsThePrimaryAtOnceThoughTheOldOneAnswers() {
        ClusterView joined =
                view("a").with(primary("a", 1)).configured(backends("a", "b")).with(standby("b", 1));
        assertThat(primaryOf(joined.with(primary("b", 2)))).contains("b");
        assertThat(primaryOf(lost(joined, "a").with(primary("b", 2)))).contains("b");
    }

    @Test
    void aStandbyThatWasAwayIsNoStranger() {
        ClusterView away = lost(view("a", "b").with(primary("a", 1)).with(standby("b", 1)), "b");
        assertThat(primaryOf(away.with(primary("b", 2)))).contains("b");
    }

    @Test
    void aStrangerThatSaysToBeTheNextPrimaryLeavesNobodyInDoubtWithWrites() {
        ClusterView doubt = view("a")
                .with(primary("a", 1))
                .configured(backends("a", "clone"))
                .with(primary("clone", 2));
        assertThat(doubt.primary()).isEmpty();
        assertThat(reason(doubt, "clone")).contains("never seen as a standby, while a:5432 was in use");
        assertThat(reason(doubt, "a")).contains("timeline 2 was seen elsewhere");
        assertThat(lost(doubt, "a").with(primary("clone", 2)).primary())
                .as("when the other is away for a moment")
                .isEmpty();
        assertThat(primaryOf(doubt.configured(backends("a")))).contains("a");
        assertThat(primaryOf(doubt.configured(backends("clone")))).contains("clone");
    }

    @Test
    void aStrangerIsThePrimaryWhenOthersFollowIt() {
        ClusterView doubt =
                view("a").with(primary("a", 1)).configured(backends("a", "b")).with(primary("b", 2));
        assertThat(primaryOf(doubt.with(standby("a", 2)))).contains("b");
    }

    @Test
    void whoWasDownSinceTheStartIsAStrangerToo() {
        ClusterView view = lost(view("a", "b").with(primary("a", 1)), "b");
        assertThat(view.with(primary("b", 2)).primary()).isEmpty();
        assertThat(primaryOf(lost(view, "a").with(primary("b", 2))))
                .as("promoted when the old one had gone")
                .contains("b");
    }
}

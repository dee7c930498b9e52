package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.cluster.State;
import pgrouter.routing.Router.Question;

final class RouterTest {
    private static final Node PRIMARY = Nodes.primary("p", 1000, 1, 11);
    private static final Node AHEAD = Nodes.standby("ahead", 100, 1000);
    private static final Node BEHIND = Nodes.standby("behind", 100, 999);
    private static final Node WEIGHTLESS = Nodes.standby("weightless", 0, 1000);
    private static final Question READ = new Question(Traits.READS, false, false, false);

    private static final Facts SESSION = new Facts(false, true, false, Preference.AUTO, Optional.of(SuspectNames.NONE));
    private static final Facts PINNED = new Facts(true, true, false, Preference.AUTO, Optional.of(SuspectNames.NONE));

    private record Facts(
            boolean isPinned,
            boolean isStateKnown,
            boolean isReadOnlyByDefault,
            Preference preference,
            Optional<SuspectNames> suspects)
            implements Router.Session {}

    private final Router router = new Router(new ReaderChoice(new Random(5432)));

    private static ClusterView view(Node... nodes) {
        return new ClusterView(List.of(nodes));
    }

    private static ReadPosition written() {
        return ReadPosition.writtenAt(10).resolve(view(PRIMARY), 0);
    }

    private Route route(Question question) {
        return router.route(question, SESSION, ReadPosition.ANY, view(PRIMARY, AHEAD));
    }

    @Test
    void whatNothingSpeaksAgainstIsForTheReader() {
        assertThat(route(READ)).isEqualTo(Route.READER);
        assertThat(route(new Question(Traits.NONE, false, false, false))).isEqualTo(Route.READER);
        assertThat(route(new Question(Traits.READ_ONLY_TRANSACTION, false, false, false)))
                .isEqualTo(Route.READER);
        assertThat(route(new Question(Traits.READS | Traits.MAY_WRITE, false, false, false)))
                .isEqualTo(Route.READER);
    }

    @Test
    void theFirstRuleThatAppliesDecides() {
        ClusterView alone = view(PRIMARY);
        assertThat(router.route(new Question(Traits.WRITER, false, true, true), PINNED, written(), alone))
                .isEqualTo(Route.PINNED);
        assertThat(router.route(new Question(Traits.WRITER, false, true, true), SESSION, written(), alone))
                .isEqualTo(Route.STATEMENT);
        assertThat(router.route(new Question(Traits.READS, false, true, true), SESSION, written(), alone))
                .isEqualTo(Route.LEARNED);
        assertThat(router.route(new Question(Traits.READS, false, true, false), SESSION, written(), alone))
                .isEqualTo(Route.TOO_LARGE);
        assertThat(router.route(READ, SESSION, written(), alone)).isEqualTo(Route.NO_READER);
        assertThat(router.route(READ, SESSION, written(), view(PRIMARY, BEHIND)))
                .isEqualTo(Route.OWN_WRITES);
        assertThat(router.route(READ, SESSION, written(), view(PRIMARY, BEHIND, AHEAD)))
                .isEqualTo(Route.READER);
    }

    @Test
    void aStandbyThatIsNotSuitableIsNoReader() {
        Node down = AHEAD.unusable(State.FAILED, "gone");
        assertThat(router.route(READ, SESSION, ReadPosition.ANY, view(PRIMARY, WEIGHTLESS, down)))
                .isEqualTo(Route.NO_READER);
    }

    @Test
    void aSessionKeepsItsReaderWhileThatIsSuitable() {
        Node other = Nodes.standby("other", 1_000_000, 1000);
        assertThat(router.reader(Optional.of(AHEAD), ReadPosition.ANY, view(PRIMARY, other, AHEAD)))
                .contains(AHEAD);
        Node down = AHEAD.unusable(State.FAILED, "gone");
        assertThat(router.reader(Optional.of(down), ReadPosition.ANY, view(PRIMARY, other, down)))
                .contains(other);
    }

    @Test
    void aReaderThatHasNotReplayedTheSessionsWritesIsLeft() {
        assertThat(router.reader(Optional.of(BEHIND), written(), view(PRIMARY, BEHIND, AHEAD)))
                .contains(AHEAD);
        assertThat(router.reader(Optional.of(BEHIND), written(), view(PRIMARY, BEHIND)))
                .isEmpty();
    }

    @Test
    void aNewReaderIsDrawnAmongTheSuitableOnes() {
        assertThat(router.reader(Optional.empty(), ReadPosition.ANY, view(PRIMARY, WEIGHTLESS, BEHIND)))
                .contains(BEHIND);
        assertThat(router.reader(Optional.empty(), ReadPosition.ANY, view(PRIMARY, WEIGHTLESS)))
                .isEmpty();
    }

    private Route routeFor(Facts session, long traits) {
        return router.route(new Question(traits, false, false, false), session, ReadPosition.ANY, view(PRIMARY, AHEAD));
    }

    @Test
    void whatIsNotKnownOfASessionOrItsDatabaseKeepsReadsOnTheWriter() {
        Facts unclear = new Facts(false, false, false, Preference.AUTO, Optional.of(SuspectNames.NONE));
        Facts changed = new Facts(false, true, false, Preference.AUTO, Optional.empty());
        assertThat(routeFor(unclear, Traits.READS)).isEqualTo(Route.STATE);
        assertThat(routeFor(changed, Traits.READS)).isEqualTo(Route.CATALOG);
    }

    @Test
    void aSessionThatWantsTheWriterGetsIt() {
        Facts wish = new Facts(false, true, false, Preference.WRITER, Optional.of(SuspectNames.NONE));
        assertThat(routeFor(wish, Traits.READS | Traits.HINT_READER)).isEqualTo(Route.SETTING);
    }

    @Test
    void anOpenTransactionIsForAReaderWhereTransactionsAreReadOnly() {
        Facts readOnly = new Facts(false, true, true, Preference.AUTO, Optional.of(SuspectNames.NONE));
        long begin = Traits.CONTROLS_TRANSACTION | Traits.OPEN_TRANSACTION;
        assertThat(routeFor(readOnly, begin)).isEqualTo(Route.READER);
        assertThat(routeFor(readOnly, begin | Traits.ONE_SNAPSHOT)).isEqualTo(Route.READER);
        assertThat(routeFor(readOnly, begin | Traits.READS)).isEqualTo(Route.STATEMENT);
        assertThat(router.route(
                        new Question(begin, true, false, false), readOnly, ReadPosition.ANY, view(PRIMARY, AHEAD)))
                .as("and changes the session")
                .isEqualTo(Route.STATEMENT);
        assertThat(routeFor(SESSION, begin)).isEqualTo(Route.STATEMENT);
    }

    @Test
    void sizesAreForTheWriterWhereSomeTableIsUnlogged() {
        SuspectNames unlogged = SuspectNames.of(Map.of(), true);
        Facts session = new Facts(false, true, false, Preference.AUTO, Optional.of(unlogged));
        assertThat(routeFor(session, Traits.READS | Traits.SIZES)).isEqualTo(Route.STATEMENT);
        assertThat(routeFor(SESSION, Traits.READS | Traits.SIZES)).isEqualTo(Route.READER);
    }
}

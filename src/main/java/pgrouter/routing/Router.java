package pgrouter.routing;

import java.util.List;
import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;

/**
 * The rules, in their order; the first that applies decides. (A request inside a transaction stays where the
 * transaction began.)
 */
public final class Router {
    private final ReaderChoice choice;

    public Router(ReaderChoice choice) {
        this.choice = choice;
    }

    /**
     * A request outside a transaction that needs a route.
     *
     * @param traits of its text, bits of {@link Traits}
     * @param stateful whether it does anything to the state of the session
     * @param tooLarge whether it could not be kept for a redirect
     * @param learned whether a standby has refused it before
     */
    public record Question(long traits, boolean stateful, boolean tooLarge, boolean learned) {}

    /** The facts of the session that asks. */
    public interface Session {
        /** Whether it must stay on the writer. */
        boolean isPinned();

        /** Whether its state on the server is known. */
        boolean isStateKnown();

        /** Whether a transaction is read-only unless it says otherwise. */
        boolean isReadOnlyByDefault();

        Preference preference();

        /** The suspicious names in its database; empty where they are not known. */
        Optional<SuspectNames> suspects();
    }

    public Route route(Question question, Session session, ReadPosition position, ClusterView view) {
        if (session.isPinned()) {
            return Route.PINNED;
        }
        if (session.preference() == Preference.WRITER) {
            return Route.SETTING;
        }
        long traits = question.traits();
        if (Traits.has(traits, Traits.HINT_WRITER)) {
            return Route.HINT;
        }
        if (Traits.has(traits, Traits.FOR_WRITER) && !opensReadOnly(question, session)) {
            return Route.STATEMENT;
        }
        return byCircumstance(question, session, position, view);
    }

    /** Whether the request only begins a transaction, in a session whose transactions are read-only. */
    private static boolean opensReadOnly(Question question, Session session) {
        long rest = question.traits() & ~(Traits.FOR_WRITER | Traits.ONE_SNAPSHOT);
        boolean onlyOpens = rest == Traits.OPEN_TRANSACTION && !question.stateful();
        return onlyOpens && session.isReadOnlyByDefault();
    }

    private static Route byCircumstance(Question question, Session session, ReadPosition position, ClusterView view) {
        boolean asked = Traits.has(question.traits(), Traits.HINT_READER);
        if (question.learned() && !asked) {
            return Route.LEARNED;
        }
        if (question.tooLarge()) {
            return Route.TOO_LARGE;
        }
        if (!session.isStateKnown()) {
            return Route.STATE;
        }
        Optional<SuspectNames> suspects = session.suspects();
        if (suspects.isEmpty()) {
            return Route.CATALOG;
        }
        if (suspects.get().areAnywhere() && !asked) {
            return Route.CATALOG;
        }
        if (Traits.has(question.traits(), Traits.SIZES) && suspects.get().hasUnlogged() && !asked) {
            return Route.STATEMENT;
        }
        return byNodes(asked, position, view);
    }

    private static Route byNodes(boolean asked, ReadPosition position, ClusterView view) {
        List<Node> readers = view.suitableReaders();
        if (readers.isEmpty()) {
            return Route.NO_READER;
        }
        if (asked || isReachedByAny(position, readers)) {
            return Route.READER;
        }
        return position.isOfOthers() ? Route.OTHERS_WRITES : Route.OWN_WRITES;
    }

    private static boolean isReachedByAny(ReadPosition position, List<Node> readers) {
        // By index, since every read asks and an iterator would be garbage.
        for (int i = 0; i < readers.size(); i++) {
            if (position.isReachedBy(readers.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The node to read from: the session's present one as long as it is suitable and has replayed enough, else one
     * drawn by weight.
     */
    public Optional<Node> reader(Optional<Node> present, ReadPosition position, ClusterView view) {
        Optional<Node> kept = present.filter(node -> node.isSuitableReader() && position.isReachedBy(node));
        return kept.isPresent()
                ? kept
                : choice.draw(view.suitableReaders().stream()
                        .filter(position::isReachedBy)
                        .toList());
    }
}

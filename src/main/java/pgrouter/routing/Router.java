package pgrouter.routing;

import java.util.List;
import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;

/** The rules, in their order; the first that applies decides. (A request inside a transaction stays where that began.) */
public final class Router {
    private final ReaderChoice choice;

    public Router(ReaderChoice choice) {
        this.choice = choice;
    }

    /**
     * What is asked for one request outside a transaction.
     *
     * @param traits of its text, bits of {@link Traits}
     * @param tooLarge whether it could not be kept for a redirect
     * @param pinned whether the session must stay on the writer
     */
    public record Question(int traits, boolean tooLarge, boolean pinned) {}

    public Route route(Question question, ReadPosition position, ClusterView view) {
        if (question.pinned()) {
            return Route.PINNED;
        }
        int traits = question.traits();
        if (Traits.has(traits, Traits.HINT_WRITER)) {
            return Route.HINT;
        }
        if (Traits.has(traits, Traits.WRITER)) {
            return Route.STATEMENT;
        }
        if (question.tooLarge()) {
            return Route.TOO_LARGE;
        }
        List<Node> readers = view.suitableReaders();
        if (readers.isEmpty()) {
            return Route.NO_READER;
        }
        if (Traits.has(traits, Traits.HINT_READER)) {
            return Route.READER;
        }
        return readers.stream().anyMatch(position::isReachedBy) ? Route.READER : Route.OWN_WRITES;
    }

    /** The node to read from: the session's present one as long as it is suitable and far enough, else one drawn by weight. */
    public Optional<Node> reader(Optional<Node> present, ReadPosition position, ClusterView view) {
        Optional<Node> kept = present.filter(node -> node.isSuitableReader() && position.isReachedBy(node));
        return kept.isPresent()
                ? kept
                : choice.draw(view.suitableReaders().stream()
                        .filter(position::isReachedBy)
                        .toList());
    }
}

package pgrouter.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import pgrouter.config.Address;
import pgrouter.config.Backend;

/**
 * All nodes at one moment. Immutable, so that a decision is made by one consistent state.
 *
 * <p>Several nodes may say that they are the primary. The one with the highest timeline is the primary. An old
 * primary that comes back is not believed, not even while the new one is away. Of two on the same timeline, the one
 * in use is kept. A node that is not believed is FAILED, with the reason. The timeline that a node has reported
 * counts as long as the node is in the configuration, and where it can be true ({@link Timelines}).
 */
public final class ClusterView {
    private final List<Node> nodes;

    /** The nodes in the same order: what each request asks for is made once. */
    private final List<Optional<Node>> found;

    private final List<Node> answers;
    private final PrimaryElection belief;
    private final Optional<Node> lastPrimary;
    private final List<Node> readers;

    /** @param nodes one for each backend, in the order of the config file */
    public ClusterView(List<Node> nodes) {
        this(nodes, PrimaryElection.of(nodes, Known.NOTHING), Optional.empty());
    }

    /**
     * @param answers of the nodes, believed or not
     * @param before the last primary in the view before
     */
    private ClusterView(List<Node> answers, PrimaryElection belief, Optional<Node> before) {
        this.answers = List.copyOf(answers);
        this.belief = belief;
        this.lastPrimary = belief.primary().isPresent() ? belief.primary() : before.filter(belief::isLast);
        this.nodes = answers.stream().map(belief::judged).toList();
        this.found = nodes.stream().map(Optional::of).toList();
        this.readers = nodes.stream().filter(Node::isSuitableReader).toList();
    }

    /** The same with fewer readers. */
    private ClusterView(ClusterView of, List<Node> readers) {
        this.answers = of.answers;
        this.nodes = of.nodes;
        this.found = of.found;
        this.belief = of.belief;
        this.lastPrimary = of.lastPrimary;
        this.readers = readers;
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** The node that writes go to. */
    public Optional<Node> primary() {
        return belief.primary();
    }

    /**
     * The primary. While there is none, the last one as it was then: its answers from that time still hold for what was
     * written before them. Empty where none was seen, or it was removed from the configuration.
     */
    public Optional<Node> lastPrimary() {
        return lastPrimary;
    }

    public List<Node> suitableReaders() {
        return readers;
    }

    /** A number that changes when a standby becomes suitable or gets another weight. */
    public long readersVersion() {
        return belief.known().readers();
    }

    /** The node with this address, as known now. */
    public Optional<Node> node(Address address) {
        // By index: every request asks, and an iterator would be garbage.
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).backend().address().equals(address)) {
                return found.get(i);
            }
        }
        return Optional.empty();
    }

    /** Whether a node says that it is the primary while writes go to another. */
    public boolean isSuperseded(Address address) {
        return primary().isPresent()
                && !primary().get().backend().address().equals(address)
                && node(address)
                        .filter(node -> node.role() == Role.PRIMARY
                                && node.timeline() < primary().get().timeline())
                        .isPresent();
    }

    /** The same without some of the nodes as readers. */
    public ClusterView without(Set<Address> addresses) {
        return addresses.isEmpty()
                ? this
                : new ClusterView(
                        this,
                        readers.stream()
                                .filter(node ->
                                        !addresses.contains(node.backend().address()))
                                .toList());
    }

    /** The same with this one as the only reader. */
    public ClusterView onlyReader(Node reader) {
        return new ClusterView(this, List.of(reader));
    }

    /** The view after a node has answered, or has failed to. News of a backend that was removed are ignored. */
    public ClusterView with(Node news) {
        return changed(news.backend().address(), node -> node.isProbed() ? news.after(node) : news);
    }

    /** The view after a node could not be asked. */
    public ClusterView failed(Address address, UnaryOperator<Node> how) {
        return changed(address, how);
    }

    /**
     * The view after a node has answered a query for its position. Its role decides whether the answer fits.
     *
     * @param place with any timeline, which is not asked for
     */
    public ClusterView at(Address address, Role role, Node.Place place) {
        boolean fits = answers.stream()
                .filter(node -> node.backend().address().equals(address))
                .anyMatch(node ->
                        node.role() == role && node.state() == State.OK && place.askedAt() - node.askedAt() >= 0);
        return fits ? changed(address, node -> node.at(place), belief::moved) : this;
    }

    /** The view after a change of the configuration. The state of a backend that stays is kept; that of a removed one is forgotten. */
    public ClusterView configured(List<Backend> backends) {
        List<Node> next = backends.stream()
                .map(backend -> answers.stream()
                        .filter(node -> node.backend().address().equals(backend.address()))
                        .findFirst()
                        .map(node -> node.configured(backend))
                        .orElseGet(() -> Node.unknown(backend)))
                .toList();
        return next(next, PrimaryElection.of(next, belief.known().configured(backends, answers)));
    }

    /**
     * Whether a primary may acknowledge commits of a connection before their WAL is flushed, whatever its session has
     * set. It may where that is not known.
     *
     * @param begunAt when it was dialled
     * @param openedAt when the login was over
     */
    public boolean mayAcknowledgeEarly(Address primary, long begunAt, long openedAt) {
        Optional<AsynchronousCommits> told =
                node(primary).flatMap(node -> node.place().commits());
        return told.isEmpty() || told.get().mayComeFrom(begunAt, openedAt);
    }

    /** The view after an administrator has drained a node, or wants new reads there again. */
    public ClusterView drained(Address address, boolean drained) {
        List<Node> next = answers.stream()
                .map(node -> node.backend().address().equals(address) ? node.drained(drained) : node)
                .toList();
        return next(next, belief.moved(next));
    }

    private ClusterView changed(Address address, UnaryOperator<Node> change) {
        return changed(address, change, next -> PrimaryElection.of(next, belief.known()));
    }

    /** @param believed the election after the change */
    private ClusterView changed(
            Address address, UnaryOperator<Node> change, Function<List<Node>, PrimaryElection> believed) {
        List<Node> next = new ArrayList<>(answers);
        boolean primaryChanged = false;
        for (int i = 0; i < next.size(); i++) {
            Node node = next.get(i);
            if (node.backend().address().equals(address)) {
                next.set(i, change.apply(node).configured(node.backend()).drained(node.drained()));
                primaryChanged = next.get(i).isPrimary();
            }
        }
        PrimaryElection nextBelief = believed.apply(next);
        boolean all = primaryChanged;
        nextBelief
                .primary()
                .ifPresent(end -> next.replaceAll(
                        node -> all || node.backend().address().equals(address) ? node.measuredBy(end) : node));
        return next(next, nextBelief);
    }

    /** The readers' version is that of the view before, or one higher where sessions should choose again. */
    private ClusterView next(List<Node> nextAnswers, PrimaryElection nextBelief) {
        ClusterView next = new ClusterView(nextAnswers, nextBelief, lastPrimary);
        boolean gained = next.readers.stream().anyMatch(node -> !isReader(node.backend()));
        return gained ? new ClusterView(nextAnswers, nextBelief.withNextReaders(), lastPrimary) : next;
    }

    private boolean isReader(Backend backend) {
        return readers.stream()
                .anyMatch(node -> node.backend().address().equals(backend.address())
                        && node.backend().weight() == backend.weight());
    }

    public long usable() {
        return nodes.stream().filter(node -> node.state() == State.OK).count();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClusterView view
                && view.nodes.equals(nodes)
                && view.belief.known().equals(belief.known());
    }

    @Override
    public int hashCode() {
        return nodes.hashCode();
    }

    @Override
    public String toString() {
        return nodes.toString();
    }
}

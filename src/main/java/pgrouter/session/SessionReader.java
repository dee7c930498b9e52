package pgrouter.session;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import pgrouter.backend.LoginException;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.log.Log;
import pgrouter.pool.Lease;
import pgrouter.pool.ServerOpener;
import pgrouter.pool.ServerPair;
import pgrouter.routing.ReadPosition;

/**
 * The connection of a session to a standby, while one is suitable. It is replaced when its node has changed its role,
 * and when the set of standbys has changed. Client thread only.
 */
final class SessionReader {
    private static final Log LOG = Log.of("session");

    /** How long a read waits for the position of a standby that has just accepted a login. */
    private static final Duration ANSWER = Duration.ofMillis(100);

    private final Services services;
    private final ServerOpener opener;
    private final Function<Lease, HeldServer> holding;
    private final StickyReader ownStandby = new StickyReader(System::nanoTime);
    private final AvoidedNodes avoided = new AvoidedNodes(System::nanoTime);
    private final ReaderRebalance rebalance;
    private Optional<HeldServer> server;

    /** The last node that was not asked since the connection was opened; null before there was one. */
    private Node old;

    /** The same without its position. */
    private Optional<Node> unplaced = Optional.empty();

    /**
     * @param holding makes the session's held server of a new connection
     * @param first the connection with which the session begins
     */
    SessionReader(Services services, ServerOpener opener, Function<Lease, HeldServer> holding, ServerPair first) {
        this.services = services;
        this.opener = opener;
        this.holding = holding;
        this.server = first.reader().map(holding);
        this.rebalance = new ReaderRebalance(
                services.cluster().view().readersVersion(),
                System::nanoTime,
                bound -> ThreadLocalRandom.current().nextLong(bound));
        first.refused().ifPresent(this::avoid);
    }

    /** Starts to read from the standby. */
    void start() {
        server.ifPresent(this::begin);
    }

    /** The position of its node is asked for, where it was not since the login: a read will soon need it. */
    private void begin(HeldServer opened) {
        opened.begin();
        Optional<Node> node = services.cluster().view().node(opened.address());
        if (node.isPresent() && isOld(node.get(), opened)) {
            services.probes().requestPosition(opened.address());
        }
    }

    /** Returns the relay to the standby, whether it is usable or not. */
    Optional<Relay> relay() {
        return server.flatMap(HeldServer::present);
    }

    /**
     * Returns the relay to a standby that is suitable and has replayed far enough: the present one, else a new one to
     * another node.
     *
     * @param without nodes that have failed this request already
     * @throws SessionException where the session ends with the present one
     */
    Optional<Relay> suitable(ReadPosition position, Set<Address> without)
            throws SessionException, InterruptedException {
        ClusterView view = services.cluster().view();
        boolean anew = rebalance.isDue(view.readersVersion(), server.isPresent());
        if (!anew && without.isEmpty() && stays(position, view)) {
            return relay();
        }
        Set<Address> failed = leftAlone(view);
        failed.addAll(without);
        return chosen(anew ? Optional.empty() : present(view), position, view, failed);
    }

    /** Whether the session goes on to read from the same standby. */
    private boolean stays(ReadPosition position, ClusterView view) throws SessionException, InterruptedException {
        Optional<Node> node = own(view);
        return node.isPresent() && position.isReachedBy(node.get());
    }

    private Optional<Relay> chosen(Optional<Node> present, ReadPosition position, ClusterView view, Set<Address> failed)
            throws SessionException, InterruptedException {
        Optional<Node> chosen = services.router().reader(present, position, view.without(failed));
        while (chosen.isPresent()) {
            if (!isAt(chosen.get())) {
                drop();
                server = opened(chosen.get());
            }
            if (server.isPresent() && isReached(position, chosen.get().backend().address())) {
                return relay();
            }
            failed.add(chosen.get().backend().address());
            chosen = services.router().reader(Optional.empty(), position, view.without(failed));
        }
        return Optional.empty();
    }

    /**
     * Whether a standby that may be read from has replayed far enough, as things are in a view.
     *
     * @param without nodes that have failed this request already
     */
    boolean isReadable(ReadPosition position, ClusterView view, Set<Address> without) {
        Set<Address> failed = leftAlone(view);
        failed.addAll(without);
        return view.without(failed).suitableReaders().stream().anyMatch(position::isReachedBy);
    }

    private boolean isAt(Node node) throws SessionException, InterruptedException {
        return server.isPresent()
                && !server.get().isOver()
                && node.backend().address().equals(server.get().address());
    }

    /** Returns the standby from which the session can go on to read. */
    Optional<Node> own(ClusterView view) throws SessionException, InterruptedException {
        return server.isEmpty() || server.get().isOver()
                ? Optional.empty()
                : present(view).filter(Node::isSuitableReader);
    }

    /** Returns the candidates from which the session may choose a reader, for a read that needs this position. */
    ClusterView choice(Optional<Node> own, ReadPosition needed, ClusterView view) {
        return ownStandby.choice(own, needed, view);
    }

    /**
     * Returns the present state of the standby that the session reads from. Its position is not known where the node
     * was not asked since the connection was opened: it may have been restarted in between, and a server that has
     * crashed begins to answer before it has replayed all that it had replayed before.
     */
    Optional<Node> present(ClusterView view) {
        if (server.isEmpty()) {
            return Optional.empty();
        }
        Optional<Node> node = view.node(server.get().address());
        return node.isPresent() && isOld(node.get(), server.get()) ? unplaced(node.get()) : node;
    }

    /** Whether the node was not asked since the connection was opened. */
    private static boolean isOld(Node node, HeldServer opened) {
        return node.askedAt() - opened.openedAt() <= 0;
    }

    /** Returns the last one where nothing has changed, since each request asks. */
    @SuppressWarnings("ReferenceEquality")
    private Optional<Node> unplaced(Node node) {
        if (node != old) {
            old = node;
            unplaced = Optional.of(node.unplaced());
        }
        return unplaced;
    }

    /** Whether the standby of the present connection has replayed far enough. It is asked where that is not known, and may take a moment. */
    private boolean isReached(ReadPosition position, Address node) throws InterruptedException {
        if (isReachedNow(position)) {
            return true;
        }
        long deadline = System.nanoTime() + ANSWER.toNanos();
        return services.probes().awaitPosition(node, server.orElseThrow().openedAt(), deadline)
                && isReachedNow(position);
    }

    private boolean isReachedNow(ReadPosition position) {
        return present(services.cluster().view()).filter(position::isReachedBy).isPresent();
    }

    private void avoid(Node node) {
        avoided.add(node.backend().address());
    }

    /** Returns the nodes at which a login would hardly succeed, without the node of an open connection. */
    private Set<Address> leftAlone(ClusterView view) {
        Set<Address> nodes = new HashSet<>(opener.unanswering(view));
        server.filter(there -> !there.relay().hasEnded()).ifPresent(there -> nodes.remove(there.address()));
        nodes.addAll(avoided.now());
        return nodes;
    }

    private Optional<HeldServer> opened(Node node) throws InterruptedException {
        try {
            HeldServer opened = holding.apply(opener.open(node));
            begin(opened);
            return Optional.of(opened);
        } catch (LoginException e) {
            LOG.info("no reader for a session: " + e.getMessage());
            services.probes().probeNow();
            avoid(node);
            return Optional.empty();
        }
    }

    /** Gives up the present connection. */
    void drop() {
        server.ifPresent(HeldServer::end);
        server = Optional.empty();
    }

    /** Releases the connection, if another session can use it. */
    void release() throws InterruptedException {
        if (server.isPresent() && server.get().release(Role.STANDBY)) {
            server = Optional.empty();
        }
    }
}

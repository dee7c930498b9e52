package pgrouter.session;

import java.util.Optional;
import java.util.function.Function;
import pgrouter.client.SessionException;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.pool.Lease;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.ServerOpener;
import pgrouter.pool.ServerPair;
import pgrouter.state.SessionBinding;

/** The connection of a session to the primary. It is replaced when its node is not the primary any more. Client thread only. */
final class SessionWriter {
    private final Services services;
    private final ServerOpener opener;
    private final SessionBinding bond;
    private final Function<Lease, HeldServer> holding;
    private Optional<HeldServer> server;

    /**
     * @param bond what ties the session to its server process
     * @param holding makes what the session holds of a connection that was opened for it
     * @param first what the session begins with
     */
    SessionWriter(
            Services services, ServerOpener opener, SessionBinding bond, Function<Lease, HeldServer> holding, ServerPair first) {
        this.services = services;
        this.opener = opener;
        this.bond = bond;
        this.holding = holding;
        this.server = first.writer().map(holding);
    }

    /** Begins to listen to the primary. */
    void start() {
        server.ifPresent(HeldServer::begin);
    }

    /** The relay to the primary that the session has, be it of use or not. */
    Optional<Relay> relay() {
        return server.flatMap(HeldServer::present);
    }

    /**
     * The relay to the present primary where the session has one.
     *
     * @throws SessionException where the session ends with it
     */
    Optional<Relay> present() throws SessionException, InterruptedException {
        return server.isPresent() && isOfUse(server.get()) ? relay() : Optional.empty();
    }

    /**
     * The relay to the present primary; a new one where the one that the session has is of no use any more. Waits while there is no
     * primary.
     *
     * @throws NoPrimaryException where that has lasted too long
     * @throws SessionException where the session cannot go on without the primary that it had, or the primary does not take it
     */
    Relay get() throws NoPrimaryException, SessionException, InterruptedException {
        Optional<Relay> present = present();
        return present.isPresent() ? present.get() : replaced();
    }

    /**
     * Where no node is known to be the primary, the one that was still is, as long as it answers. A session that is tied to it waits
     * for it even then: a slow node is not a dead one, and the connections to one that was replaced are closed.
     */
    private boolean isOfUse(HeldServer held) throws SessionException, InterruptedException {
        if (held.isOver()) {
            return false;
        }
        if (bond.isThere()) {
            return true;
        }
        ClusterView view = services.cluster().view();
        Address address = held.address();
        return view.primary().isPresent()
                ? view.primary().get().backend().address().equals(address)
                : view.node(address).filter(node -> !node.isSilent()).isPresent();
    }

    private Relay replaced() throws NoPrimaryException, SessionException, InterruptedException {
        if (server.isPresent()) {
            if (bond.isThere()) {
                throw bond.broken(server.get().address());
            }
            end();
        }
        HeldServer opened = holding.apply(opener.openPrimary(services.waitInSession()));
        server = Optional.of(opened);
        opened.begin();
        return opened.relay();
    }

    void end() {
        server.ifPresent(HeldServer::end);
        server = Optional.empty();
    }

    /** Releases the connection, if it can serve another session. */
    void release() throws InterruptedException {
        if (server.isPresent() && server.get().release(Role.PRIMARY)) {
            server = Optional.empty();
        }
    }
}

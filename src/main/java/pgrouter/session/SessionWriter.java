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
import pgrouter.pool.PrimaryWait;
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
     * @param bond the ties of the session to its server process
     * @param holding makes the session's held server of a new connection
     * @param first the connection with which the session begins
     */
    SessionWriter(
            Services services,
            ServerOpener opener,
            SessionBinding bond,
            Function<Lease, HeldServer> holding,
            ServerPair first) {
        this.services = services;
        this.opener = opener;
        this.bond = bond;
        this.holding = holding;
        this.server = first.writer().map(holding);
    }

    /** Starts to read from the primary. */
    void start() {
        server.ifPresent(HeldServer::begin);
    }

    /** Returns the session's relay to the primary, whether it is usable or not. */
    Optional<Relay> relay() {
        return server.flatMap(HeldServer::present);
    }

    /**
     * Returns the relay to the present primary where the session has one.
     *
     * @throws SessionException where the session ends with it
     */
    Optional<Relay> present() throws SessionException, InterruptedException {
        return server.isPresent() && isOfUse(server.get()) ? relay() : Optional.empty();
    }

    /**
     * Returns the relay to the present primary: a new one where the session's present one is unusable. Waits while
     * there is no primary.
     *
     * @throws NoPrimaryException where that has lasted too long
     * @throws SessionException where the session cannot go on without the primary that it had, or the primary does
     * not take it
     */
    Relay get() throws NoPrimaryException, SessionException, InterruptedException {
        Optional<Relay> present = present();
        return present.isPresent()
                ? present.get()
                : replaced(services.waitInSession()).orElseThrow();
    }

    /**
     * The same for a request that may not need the primary after all.
     *
     * @return empty where the wait has found another way
     */
    Optional<Relay> get(PrimaryWait wait) throws NoPrimaryException, SessionException, InterruptedException {
        Optional<Relay> present = present();
        return present.isPresent() ? present : replaced(wait);
    }

    /**
     * Where no node is known to be the primary, the last one still is, as long as it answers. A session that is tied
     * to it waits for it even then: a slow node is not a dead one, and the connections to a replaced node are closed.
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

    private Optional<Relay> replaced(PrimaryWait wait)
            throws NoPrimaryException, SessionException, InterruptedException {
        if (server.isPresent()) {
            if (bond.isThere()) {
                throw bond.broken(server.get().address());
            }
            end();
        }
        server = opener.openPrimary(wait).map(holding);
        start();
        return relay();
    }

    void end() {
        server.ifPresent(HeldServer::end);
        server = Optional.empty();
    }

    /** Releases the connection, if another session can use it. */
    void release() throws InterruptedException {
        if (server.isPresent() && server.get().release(Role.PRIMARY)) {
            server = Optional.empty();
        }
    }
}

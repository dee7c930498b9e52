package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * The end of one server connection, and its meaning for the session: the next request finds another server, or the
 * session ends too. Used by the thread that reads, which detects the end.
 */
final class ConnectionEnd {
    private final ServerLink link;
    private final Exchange exchange;
    private final SessionContext session;
    private final ClusterContext cluster;
    private final ReadHandoff handoff;

    ConnectionEnd(
            ServerLink link, Exchange exchange, SessionContext session, ClusterContext cluster, ReadHandoff handoff) {
        this.link = link;
        this.exchange = exchange;
        this.session = session;
        this.cluster = cluster;
        this.handoff = handoff;
    }

    /**
     * Whether an administrator has terminated this process alone: that ends the session. A node that shuts down means
     * no session.
     */
    boolean isByAdministrator() {
        try {
            return ServerEnd.of(
                            cluster.uptime().since(link.connection().backend()),
                            link.connection().begunAt())
                    == ServerEnd.TOLD;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The client has left before. So the server was not lost, or its loss does not matter any more. */
    void deserted() {
        boolean changesLogins;
        exchange.lock();
        try {
            exchange.reply().deserted();
            changesLogins = exchange.loginChange().take();
        } finally {
            exchange.unlock();
        }
        changed(changesLogins);
        handoff.happened();
    }

    /** The server is lost. A session that is tied to it ends here, where its client thread does not wait for the server. */
    void lost(Optional<ErrorResponse> unseen) {
        Turn before;
        boolean said;
        boolean changesLogins;
        exchange.lock();
        try {
            before = exchange.turn();
            said = exchange.reply().end().isTold();
            exchange.lost(unseen);
            changesLogins = exchange.loginChange().take();
        } finally {
            exchange.unlock();
        }
        changed(changesLogins);
        if (said && !link.isLeft()) {
            session.client().close();
            session.end().said();
        }
        handoff.happened();
        if (before.isClients()) {
            session.client().wake();
        }
        if (!link.isLeft()) {
            tell(unseen, before == Turn.SERVER || said);
        }
    }

    private void changed(boolean logins) {
        if (logins) {
            cluster.pool().clear();
        }
    }

    /** @param knows whether the client thread detects the end by itself, or the client has the server's error */
    private void tell(Optional<ErrorResponse> unseen, boolean knows) {
        if (!link.isWriter()) {
            return;
        }
        cluster.alarm().run();
        if (!knows) {
            endSession(unseen);
        }
    }

    private void endSession(Optional<ErrorResponse> unseen) {
        boolean isFault = unseen.filter(words -> words.sqlState().equals(SqlState.PROTOCOL_VIOLATION))
                .isPresent();
        if (isFault) {
            session.client().write(unseen.get().encode());
            session.client().close();
        } else if (session.end().bond().isThere()) {
            session.client().write(session.end().bond().broken(link.address()).message());
            session.client().close();
        }
    }
}

package pgrouter.exchange;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import pgrouter.client.SessionException;
import pgrouter.state.SessionBinding;

/**
 * How a session is tied to its servers' processes, and whether one of them has ended it. Shared by its server
 * connections. Any thread.
 */
public final class SessionEnd {
    /** How long the client thread gives a client to read the error; in seconds. */
    private static final int FAREWELL = 1;

    private final SessionBinding bond;

    /** The connection that has answered the client's last request; empty before there is any. */
    private volatile Optional<ServerLink> last = Optional.empty();

    /** Where a server has ended the session: open until the client has its error. */
    private volatile Optional<CountDownLatch> told = Optional.empty();

    public SessionEnd(SessionBinding bond) {
        this.bond = bond;
    }

    /** The client has the answer of this server, and is idle. */
    public void answeredBy(Relay server) {
        if (last.isEmpty() || last.get() != server.link()) {
            last = Optional.of(server.link());
        }
    }

    /** The ties of the session to its writer. */
    SessionBinding bond() {
        return bond;
    }

    /** Returns the meaning of a FATAL of a server, as far as it is known at once. */
    ServerEnd meaning(String sqlState, ServerLink server) {
        boolean idleAsClient =
                last.filter(now -> now != server && !now.hasEnded()).isEmpty();
        return ServerEnd.of(sqlState, server.isWriter(), server.isWriter() && bond.isThere(), idleAsClient);
    }

    /** A server has ended the session: nothing is done for the client any more, which now gets the server's error. */
    void told() {
        told = Optional.of(new CountDownLatch(1));
    }

    /** The client has that error. */
    void said() {
        told.ifPresent(CountDownLatch::countDown);
    }

    /** @throws SessionException where a server has ended the session, with an error that the client has */
    public void check() throws SessionException, InterruptedException {
        Optional<CountDownLatch> ended = told;
        if (ended.isPresent()) {
            boolean said = ended.get().await(FAREWELL, TimeUnit.SECONDS);
            throw SessionException.quoting(
                    "a backend has ended the session" + (said ? "" : ", and the client does not read why"),
                    new byte[0]);
        }
    }
}

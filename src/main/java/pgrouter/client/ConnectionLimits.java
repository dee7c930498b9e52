package pgrouter.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import pgrouter.config.ClientLimits;
import pgrouter.log.Log;
import pgrouter.log.Seldom;
import pgrouter.protocol.SqlState;

/**
 * Counts the clients: all, those of one address and those of one user, and decides whether one more may come in. A
 * client counts here as soon as it has sent its startup message, and before that among the {@link Startups}: a silent
 * connection takes no place from others. Any thread.
 */
public final class ConnectionLimits {
    private static final Log LOG = Log.of("session");

    /** The number of console clients beyond the limit, as {@code superuser_reserved_connections} in PostgreSQL. */
    private static final int FOR_CONSOLE = 3;

    private static final Duration COMPLAINTS = Duration.ofMinutes(1);

    private final Supplier<ClientLimits> limits;
    private final Supplier<Capacity> capacity;
    private final Seldom complaints = new Seldom(COMPLAINTS);
    private final AtomicInteger all = new AtomicInteger();
    private final Quota addresses = new Quota();
    private final Quota users = new Quota();

    /** @param capacity the room of the process, whatever the limits are */
    public ConnectionLimits(Supplier<ClientLimits> limits, Supplier<Capacity> capacity) {
        this.limits = limits;
        this.capacity = capacity;
    }

    /** The place of one client; closing it gives back what it has. One thread. */
    public final class Place implements AutoCloseable {
        private Runnable giveBack = all::decrementAndGet;

        private Place() {}

        private void has(Quota quota, String name) {
            Runnable before = giveBack;
            giveBack = () -> {
                quota.giveBack(name);
                before.run();
            };
        }

        /** Counts it among those of the user that it has proven to be. */
        public void of(String user) throws SessionException {
            if (!users.take(user, limits.get().ofUser())) {
                throw refused("too many connections for role \"" + user + "\"");
            }
            has(users, user);
        }

        @Override
        public void close() {
            giveBack.run();
        }
    }

    /** @throws SessionException where there is none left */
    public Place take(Peer peer) throws SessionException {
        return take(peer, 0);
    }

    /** The same for a client that has proven to be a console user: it finds a place where others find none. */
    public Place takeForConsole(Peer peer) throws SessionException {
        return take(peer, FOR_CONSOLE);
    }

    private Place take(Peer peer, int beyond) throws SessionException {
        int room = capacity.get().within(limits.get()).all();
        int most = room + beyond;
        if (all.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
            complain(room);
            throw tooMany();
        }
        Place place = new Place();
        if (peer.origin().isPresent()) {
            String origin = peer.origin().get();
            if (!addresses.take(origin, limits.get().ofAddress())) {
                place.close();
                throw refused("sorry, too many clients already from this address");
            }
            place.has(addresses, origin);
        }
        return place;
    }

    private void complain(int room) {
        if (room < limits.get().all() && complaints.isDue()) {
            LOG.warn("there is room for no more than " + room
                    + " clients, whatever the limit says: raise -Xmx, or the limit of descriptors (ulimit -n)");
        }
    }

    /** The error in PostgreSQL's words. */
    public static SessionException tooMany() {
        return refused("sorry, too many clients already");
    }

    private static SessionException refused(String text) {
        return SessionException.fatal(SqlState.TOO_MANY_CONNECTIONS, text);
    }
}

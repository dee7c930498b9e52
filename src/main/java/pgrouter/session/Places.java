package pgrouter.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import pgrouter.config.ClientLimits;
import pgrouter.protocol.SqlState;

/** How many clients are there, of all, of one address and of one user, and whether one more may come. Any thread. */
final class Places {
    private final Supplier<ClientLimits> limits;
    private final AtomicInteger all = new AtomicInteger();
    private final Quota addresses = new Quota();
    private final Quota users = new Quota();

    Places(Supplier<ClientLimits> limits) {
        this.limits = limits;
    }

    /** One client's place; closing gives back what it has. One thread. */
    final class Place implements AutoCloseable {
        private Runnable giveBack = all::decrementAndGet;

        private Place() {}

        private void has(Quota quota, String name) {
            Runnable before = giveBack;
            giveBack = () -> {
                quota.giveBack(name);
                before.run();
            };
        }

        /** Among those of the user that it has proven to be. */
        void of(String user) throws SessionException {
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
    Place take(Peer peer) throws SessionException {
        int most = limits.get().all();
        if (all.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
            throw refused("sorry, too many clients already");
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

    private static SessionException refused(String text) {
        return SessionException.fatal(SqlState.TOO_MANY_CONNECTIONS, text);
    }
}

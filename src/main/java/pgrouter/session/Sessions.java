package pgrouter.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.metrics.ClientFacts;

/** All sessions: how many there may be, how long one may say nothing, and how all of them end. Any thread. */
public final class Sessions {
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Settings settings;
    private final Set<Session> living = ConcurrentHashMap.newKeySet();
    private final Places places;
    private volatile boolean ending;

    public Sessions(Settings settings) {
        this.settings = settings;
        this.places = new Places(() -> settings.rules().limits().clients());
    }

    /** Begins to look for clients that say nothing, on a virtual thread, for the life of the process. */
    public void watch() {
        Thread.ofVirtual().name("sessions").start(this::look);
    }

    /** What can be told of each, in the order in which they came. */
    public List<ClientFacts> facts() {
        return living.stream()
                .map(Session::facts)
                .sorted(Comparator.comparingLong(ClientFacts::number))
                .toList();
    }

    /**
     * Ends a session, whatever is under way. Returns at once.
     *
     * @return whether there is one with this number
     */
    public boolean kill(long number) {
        Optional<Session> session =
                living.stream().filter(each -> each.number() == number).findFirst();
        session.ifPresent(Session::kill);
        return session.isPresent();
    }

    void came(Session session) {
        living.add(session);
    }

    void left(Session session) {
        living.remove(session);
    }

    Places places() {
        return places;
    }

    /** Whether pgrouter ends: a session that has nothing under way ends too. */
    boolean isEnding() {
        return ending;
    }

    /**
     * Ends all sessions, each when nothing of it is under way.
     *
     * @return whether all have ended within this time
     */
    public boolean end(Duration atMost) throws InterruptedException {
        ending = true;
        living.forEach(session -> Thread.ofVirtual().start(session::endIfResting));
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!living.isEmpty() && System.nanoTime() - deadline < 0) {
            Thread.sleep(5);
        }
        return living.isEmpty();
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                Rules rules = settings.rules();
                long now = System.nanoTime();
                living.forEach(session -> session.endIfSilent(now, rules.limits()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

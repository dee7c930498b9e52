package pgrouter.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import pgrouter.client.Capacity;
import pgrouter.client.ConnectionLimits;
import pgrouter.client.Memory;
import pgrouter.client.Startups;
import pgrouter.config.ClientLimits;
import pgrouter.config.Limits;
import pgrouter.log.Log;
import pgrouter.metrics.ClientFacts;
import pgrouter.net.Repeating;

/** All sessions: how many there may be, how long one may say nothing, and how all of them end. Any thread. */
public final class Sessions {
    private static final Log LOG = Log.of("session");
    private static final Duration LOOK = Duration.ofMillis(250);

    /** A client that says nothing for this time, or up to twice as long, loses its thread until it says something. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** The number of threads that are dismissed at a time: clients that say something must get their turn in between. */
    private static final int AT_ONCE = 64;

    private final Settings settings;
    private final Set<Session> living = ConcurrentHashMap.newKeySet();
    private final ConnectionLimits places;
    private final Startups startups;
    private final Memory memory;
    private volatile boolean ending;

    /** @param capacity how many clients the process can hold */
    public Sessions(Settings settings, Supplier<Capacity> capacity) {
        this(
                settings,
                capacity,
                Memory.ofHeap(() -> settings.rules().limits().clients().memory()));
    }

    public Sessions(Settings settings, Supplier<Capacity> capacity, Memory memory) {
        this.settings = settings;
        Supplier<ClientLimits> asked = () -> settings.rules().limits().clients();
        this.places = new ConnectionLimits(asked, capacity);
        this.startups = new Startups(
                () -> capacity.get().within(asked.get()).startups(),
                capacity.get().bytes());
        this.memory = memory;
    }

    /** Starts to look for idle clients, on virtual threads, for the life of the process. */
    public void watch() {
        Repeating.start("sessions", LOOK, this::endSilent, Sessions::report);
        Repeating.start("resting-sessions", PATIENCE, this::dismissResting, Sessions::report);
    }

    /** The state of each session, in the order of their arrival. */
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
        startups.came(session.startup());
    }

    void left(Session session) {
        living.remove(session);
        startups.left(session.startup());
    }

    /** The number of sessions that have not logged in. */
    public Startups startups() {
        return startups;
    }

    ConnectionLimits places() {
        return places;
    }

    /** The memory that all sessions take. */
    public Memory memory() {
        return memory;
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

    private static void report(String fault) {
        LOG.error("idle clients could not be looked after: " + fault);
    }

    private void endSilent() {
        Limits limits = settings.rules().limits();
        long now = System.nanoTime();
        living.forEach(session -> session.endIfSilent(now, limits));
    }

    /** Dismisses the threads of the clients that have said nothing since the last call. One thread at a time. */
    void dismissResting() throws InterruptedException {
        int dismissed = 0;
        for (Session session : living) {
            if (session.dismissIfResting() && ++dismissed % AT_ONCE == 0) {
                Thread.sleep(1);
            }
        }
    }

    /** The number of sessions whose client has left while something still runs. */
    long leaving() {
        return living.stream().filter(Session::isLeaving).count();
    }

    /** The number of sessions that have a thread now. */
    long awake() {
        return living.stream().filter(Session::isAwake).count();
    }
}

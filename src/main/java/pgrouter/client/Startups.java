package pgrouter.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import pgrouter.log.Log;
import pgrouter.log.Seldom;
import pgrouter.net.Carrier;

/**
 * The connections that have not logged in, from accept on. Where the limit is reached, the oldest ones whose clients
 * are silent make room: those that have said nothing since {@link #SILENCE}, and whose sockets have no input. In a
 * mass reconnect the input of a client may lie in its socket for long, so the socket itself is looked at. Where no
 * client is silent, the password that came last among those that wait for their turn makes room
 * ({@link FailedLogins}). Else the next connection waits in the kernel's queue. Each login that ends lets one in, and
 * applications that all reconnect at once are let in one after the other instead of being refused. Any thread.
 */
public final class Startups {
    private static final Log LOG = Log.of("session");

    /** The time after which a silent client can be disconnected. */
    public static final Duration SILENCE = Duration.ofSeconds(1);

    /** The number of those that make room at a time, for each hundred of the limit, and at least one. */
    private static final int HUNDRED = 100;

    /**
     * The time for which one waits for room before it checks whether the wait is over. It is longer where there are
     * many, since each looks through all that wait.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(5);

    /** The interval between two looks for silent ones, however many wait for room. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private static final int KILOBYTE = 1 << 10;

    private static final Duration COMPLAINTS = Duration.ofMinutes(1);

    /** One of these connections. */
    public interface Startup {
        /** Ordered by their arrival. */
        long number();

        Carrier carrier();

        /** The memory that its client has made pgrouter keep, in kilobytes. */
        int kept();

        /** Adds to that memory. On its own thread. */
        void keeps(int more);

        /** Whether the client had to say something at this time, and has not since. Any thread. */
        boolean isSilentSince(long time);

        /** Whether its password waits for its turn. Any thread. */
        boolean awaitsTurn();

        /**
         * Ends it if it is still silent, and there is no input. On its carrier, after that has looked at its sockets.
         *
         * @return false where it is not silent any more
         */
        boolean endIfSilentSince(long time);

        /** Ends it if it is still silent. Any thread. */
        boolean endIfAwaitsTurn();
    }

    private final IntSupplier most;
    private final int room;
    private final ConcurrentNavigableMap<Long, Startup> present = new ConcurrentSkipListMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Semaphore kept;
    private final Seldom looks = new Seldom(LOOK);
    private final Seldom complaints = new Seldom(COMPLAINTS);

    /**
     * @param most how many there may be
     * @param bytes that all of them may make pgrouter keep
     */
    public Startups(IntSupplier most, long bytes) {
        this.most = most;
        this.room = Math.clamp(bytes / KILOBYTE, 1, Integer.MAX_VALUE);
        this.kept = new Semaphore(room, true);
    }

    /** Adds one that was accepted. */
    public void came(Startup startup) {
        present.put(startup.number(), startup);
        count.incrementAndGet();
    }

    /** Removes one that has logged in, or is over; the second call does nothing. */
    public void left(Startup startup) {
        if (present.remove(startup.number()) != null) {
            count.decrementAndGet();
            kept.release(startup.kept());
        }
    }

    /**
     * Takes room for the message that one of them is about to send, and waits for the room for a while. Where there
     * is none, silent ones make some. The room is given back when it has {@link #left}. Only its own thread calls
     * this.
     *
     * @return false where there was none, and where it has left
     */
    public boolean keep(Startup startup, int bytes) throws InterruptedException {
        int kilobytes = Math.min(room, 1 + bytes / KILOBYTE);
        if (!kept.tryAcquire(kilobytes)) {
            if (looks.isDue()) {
                makeRoom(System.nanoTime() - SILENCE.toNanos(), other -> other.kept() > 0);
            }
            if (!kept.tryAcquire(kilobytes, patience(count.get()), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        boolean isThere = present.containsKey(startup.number());
        if (isThere) {
            startup.keeps(kilobytes);
        } else {
            kept.release(kilobytes);
        }
        return isThere;
    }

    /** In milliseconds. */
    private static long patience(int present) {
        return Math.clamp(4L * present, PATIENCE.toMillis(), LONGEST_PATIENCE.toMillis());
    }

    public int count() {
        return count.get();
    }

    /**
     * Whether one more accepted connection may begin. Makes room where it can, and waits for that. The waiting
     * connection of each listening address does not count yet.
     */
    public boolean hasRoom() {
        if (count.get() < most.getAsInt()) {
            return true;
        }
        if (complaints.isDue()) {
            LOG.warn("as many connections have not logged in as there may be (startups " + most.getAsInt()
                    + "): silent ones make room, and others wait");
        }
        try {
            boolean made = makeRoom(System.nanoTime() - SILENCE.toNanos(), startup -> true) || lastTurnMakesRoom();
            return made && count.get() < most.getAsInt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean lastTurnMakesRoom() {
        return present.descendingMap().values().stream().anyMatch(Startup::endIfAwaitsTurn);
    }

    /** @return whether any has */
    private boolean makeRoom(long before, Predicate<Startup> wanted) throws InterruptedException {
        int number = 1 + count.get() / HUNDRED;
        Map<Carrier, List<Startup>> silent = present.values().stream()
                .filter(startup -> startup.isSilentSince(before) && wanted.test(startup))
                .limit(number)
                .collect(Collectors.groupingBy(Startup::carrier));
        AtomicInteger ended = new AtomicInteger();
        List<Thread> looks = silent.entrySet().stream()
                .map(each -> each.getKey()
                        .start(
                                "startups",
                                () -> each.getKey()
                                        .lookAtSockets(() -> ended.addAndGet(
                                                count(each.getValue(), startup -> startup.endIfSilentSince(before))))))
                .toList();
        for (Thread look : looks) {
            look.join();
        }
        return ended.get() > 0;
    }

    private static int count(List<Startup> startups, Predicate<Startup> holds) {
        return (int) startups.stream().filter(holds).count();
    }
}

package pgrouter.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The carriers of the process. Any thread. */
public final class Carriers {
    private final List<Carrier> carriers;
    private final Optional<OwnScheduler> threads;

    /** Event loops that are not for clients. */
    private final List<EventLoop> apart = new CopyOnWriteArrayList<>();

    private Carriers(List<Carrier> carriers, Optional<OwnScheduler> threads) {
        this.carriers = carriers;
        this.threads = threads;
    }

    /**
     * Starts event loops for the life of the process. Where this JDK does not let virtual threads run on them, uses the
     * JDK's own scheduler, which is slower but otherwise the same.
     */
    public static Carriers start(int count) throws IOException {
        Optional<OwnScheduler> threads = OwnScheduler.find();
        if (threads.isEmpty()) {
            return jdk();
        }
        List<Carrier> loops = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            loops.add(EventLoop.start(threads.get(), "carrier-" + i));
        }
        return new Carriers(loops, threads);
    }

    /** The JDK's scheduler only. */
    public static Carriers jdk() {
        return new Carriers(List.of(Carrier.JDK), Optional.empty());
    }

    /** Whether they are event loops. */
    public boolean areEventLoops() {
        return !carriers.contains(Carrier.JDK);
    }

    /**
     * Starts one more carrier for the life of the process that is not for clients: for frequent work that must not wait
     * for sessions. Returns the JDK's own scheduler where there are no event loops.
     */
    public Carrier apart(String name) throws IOException {
        if (threads.isEmpty()) {
            return Carrier.JDK;
        }
        EventLoop loop = EventLoop.start(threads.get(), name);
        apart.add(loop);
        return loop;
    }

    /**
     * From now on frees event loops that one of their threads holds.
     *
     * @param report takes a line for each
     */
    public void free(Consumer<String> report) {
        if (areEventLoops()) {
            Thread.ofPlatform().name("held-carriers").daemon().start(new HeldCarriers(this::loops, report));
        }
    }

    /** From now on reports event loops that one of their threads holds up, a line at each look. */
    public void watch(Consumer<String> report) {
        List<EventLoop> loops = loops();
        loops.forEach(EventLoop::watch);
        Thread.ofPlatform().name("watchdog").daemon().start(new Watchdog(loops, report));
    }

    /** The threads of the event loops for clients; none where there are no event loops. */
    public List<Thread> threads() {
        return forClients().map(EventLoop::thread).toList();
    }

    private List<EventLoop> loops() {
        return Stream.concat(forClients(), apart.stream()).toList();
    }

    private Stream<EventLoop> forClients() {
        return carriers.stream().filter(EventLoop.class::isInstance).map(EventLoop.class::cast);
    }

    /** Returns the carrier for the next client. */
    public Carrier leastLoaded() {
        return carriers.stream().min(Comparator.comparingInt(Carrier::load)).orElseThrow();
    }
}

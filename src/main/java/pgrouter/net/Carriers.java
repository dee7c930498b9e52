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
    private final List<Carrier> forClients;
    private final Optional<OwnScheduler> scheduler;

    /** Carriers that are not for clients. */
    private final List<Carrier> apart = new CopyOnWriteArrayList<>();

    private Carriers(List<Carrier> forClients, Optional<OwnScheduler> scheduler) {
        this.forClients = forClients;
        this.scheduler = scheduler;
    }

    /**
     * Starts carriers for the life of the process. Where this JDK does not let virtual threads run on them, there is
     * one for all, which polls for the JDK's own scheduler: that is slower but otherwise the same.
     */
    public static Carriers start(int count) throws IOException {
        Optional<OwnScheduler> scheduler = OwnScheduler.find();
        if (scheduler.isEmpty()) {
            return jdk();
        }
        List<Carrier> carriers = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            carriers.add(Carrier.start(scheduler.get(), "carrier-" + i));
        }
        return new Carriers(carriers, scheduler);
    }

    /** The one that polls for the JDK's scheduler. */
    public static Carriers jdk() {
        return new Carriers(List.of(Carrier.JDK), Optional.empty());
    }

    /** Whether virtual threads run on the carriers themselves. */
    public boolean runThreads() {
        return scheduler.isPresent();
    }

    /**
     * Starts one more carrier for the life of the process that is not for clients: for frequent work that must not wait
     * for sessions. On the JDK's own scheduler nothing waits for them.
     */
    public Carrier apart(String name) throws IOException {
        if (scheduler.isEmpty()) {
            return Carrier.JDK;
        }
        Carrier carrier = Carrier.start(scheduler.get(), name);
        apart.add(carrier);
        return carrier;
    }

    /**
     * From now on frees carriers that one of their threads holds.
     *
     * @param report takes a line for each
     */
    public void free(Consumer<String> report) {
        if (runThreads()) {
            Thread.ofPlatform().name("held-carriers").daemon().start(new HeldCarriers(this::all, report));
        }
    }

    /** From now on reports carriers that one of their threads holds up, a line at each look. */
    public void watch(Consumer<String> report) {
        List<Carrier> carriers = all();
        carriers.forEach(Carrier::watch);
        Thread.ofPlatform().name("watchdog").daemon().start(new Watchdog(carriers, report));
    }

    /** The threads on which sessions run; none on the JDK's own scheduler. */
    public List<Thread> threads() {
        return runThreads() ? forClients.stream().map(Carrier::thread).toList() : List.of();
    }

    private List<Carrier> all() {
        return Stream.concat(forClients.stream(), apart.stream()).toList();
    }

    /** Returns the carrier for the next client. */
    public Carrier leastLoaded() {
        return forClients.stream().min(Comparator.comparingInt(Carrier::load)).orElseThrow();
    }
}

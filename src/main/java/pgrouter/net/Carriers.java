package pgrouter.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The carriers of the process. Any thread. */
public final class Carriers {
    private final List<Carrier> carriers;

    private Carriers(List<Carrier> carriers) {
        this.carriers = carriers;
    }

    /**
     * Starts event loops for the life of the process. Where this JDK does not let virtual threads run on them, the JDK's own scheduler
     * serves instead: slower, but otherwise the same.
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
        return new Carriers(loops);
    }

    /**
     * Starts an event loop for the life of the process that no client is given: for what is often, and must not wait for sessions. The
     * JDK's own scheduler where there are no event loops.
     */
    public static Carrier apart(String name) throws IOException {
        Optional<OwnScheduler> threads = OwnScheduler.find();
        return threads.isEmpty() ? Carrier.JDK : EventLoop.start(threads.get(), name);
    }

    /** The JDK's scheduler only. */
    public static Carriers jdk() {
        return new Carriers(List.of(Carrier.JDK));
    }

    /** Whether they are event loops. */
    public boolean areEventLoops() {
        return !carriers.contains(Carrier.JDK);
    }

    /** From now on somebody is told of event loops that are held up, a line each time that it is looked. */
    public void watch(Consumer<String> report) {
        List<EventLoop> loops = carriers.stream()
                .filter(EventLoop.class::isInstance)
                .map(EventLoop.class::cast)
                .toList();
        loops.forEach(EventLoop::watch);
        Thread.ofPlatform().name("watchdog").daemon().start(new Watchdog(loops, report));
    }

    /** The threads of the event loops; none where there are no event loops. */
    public List<Thread> threads() {
        return carriers.stream()
                .filter(EventLoop.class::isInstance)
                .map(loop -> ((EventLoop) loop).thread())
                .toList();
    }

    /** Where the next client is to live. */
    public Carrier leastLoaded() {
        return carriers.stream().min(Comparator.comparingInt(Carrier::load)).orElseThrow();
    }
}

package pgrouter.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.backend.PipeFacts;
import pgrouter.cluster.Clock;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;

/**
 * The pipes of all sessions, by their backend: those that nothing will come on any more are closed, so that nobody waits for it.
 * These are the pipes to a primary that was replaced, for it may be frozen and never say so; and of a node that does not answer at
 * all those that are read from, since a read can be had elsewhere. A node that answers is given the time that a query takes. Any
 * thread.
 */
public final class OpenPipes {
    /** How often it is looked for requests that are not answered. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Cluster cluster;
    private final Map<Address, Set<PipeRelay>> pipes = new ConcurrentHashMap<>();

    public OpenPipes(Cluster cluster) {
        this.cluster = cluster;
        cluster.watch(this::heed);
    }

    /** Begins to look for requests that wait, on a virtual thread, for the life of the process. */
    public void watch(Clock clock) {
        Thread.ofVirtual().name("silence").start(() -> look(clock));
    }

    /** How many sessions have one to this backend. */
    public int count(Address backend) {
        return pipes.getOrDefault(backend, Set.of()).size();
    }

    /** How many have a thread of their own. */
    long awake() {
        return pipes.values().stream()
                .flatMap(Set::stream)
                .filter(PipeRelay::isAwake)
                .count();
    }

    /** What can be told of each, in the order of their clients. */
    public List<PipeFacts> facts() {
        return pipes.values().stream()
                .flatMap(Set::stream)
                .map(PipeRelay::facts)
                .sorted(Comparator.comparingLong(PipeFacts::client).thenComparing(PipeFacts::isWriter))
                .toList();
    }

    void add(PipeRelay pipe) {
        pipes.computeIfAbsent(Pipes.address(pipe), address -> ConcurrentHashMap.newKeySet())
                .add(pipe);
        heed(cluster.view());
    }

    void remove(PipeRelay pipe) {
        pipes.computeIfPresent(Pipes.address(pipe), (address, there) -> {
            there.remove(pipe);
            return there.isEmpty() ? null : there;
        });
    }

    private void heed(ClusterView view) {
        for (Node node : view.nodes()) {
            Address address = node.backend().address();
            if (view.isSuperseded(address)) {
                pipes.getOrDefault(address, Set.of()).forEach(PipeRelay::cut);
            } else if (node.silent()) {
                pipes.getOrDefault(address, Set.of()).stream()
                        .filter(pipe -> !pipe.isWriter())
                        .forEach(PipeRelay::cut);
            }
        }
    }

    /** A request that takes its time says nothing of its node, but a reason to ask it: a frozen one does not answer that either. */
    private void look(Clock clock) {
        try {
            while (true) {
                Thread.sleep(LOOK);
                boolean waiting = false;
                for (Set<PipeRelay> some : pipes.values()) {
                    for (PipeRelay pipe : some) {
                        waiting |= pipe.isWaitingSinceLastLook();
                    }
                }
                if (waiting) {
                    clock.hurry();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

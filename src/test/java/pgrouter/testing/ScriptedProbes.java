package pgrouter.testing;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;

/** Health as a story plays it: notes the questions, and the story answers them. */
public final class ScriptedProbes implements Probes {
    private final Function<Address, String> names;
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile Answers answers = (node, count) -> false;
    private final AtomicInteger count = new AtomicInteger();

    /** The answers of the nodes. */
    public interface Answers {
        /**
         * Publishes what a node answers.
         *
         * @param count of the questions that threads wait for, this one included
         * @return false where the node does not answer in time
         */
        boolean of(String node, int count);
    }

    ScriptedProbes(Function<Address, String> names) {
        this.names = names;
    }

    /** From now on the nodes answer so. */
    public void answer(Answers next) {
        answers = next;
        count.set(0);
        asked.clear();
    }

    /** The questions since the last {@link #answer}, such as {@code request primary} or {@code await standby}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void requestPrimaryPosition() {
        asked.add("request primary");
    }

    @Override
    public void requestPosition(Address node) {
        asked.add("request " + names.apply(node));
    }

    @Override
    public boolean awaitPosition(Address node, long since, long deadline) {
        String name = names.apply(node);
        asked.add("await " + name);
        return answers.of(name, count.incrementAndGet());
    }

    @Override
    public void await(Duration atMost) {}

    @Override
    public void probeNow() {}
}

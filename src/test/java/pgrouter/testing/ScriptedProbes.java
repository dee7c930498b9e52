package pgrouter.testing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;

/** Health as a story plays it: notes the questions, and the story answers them. */
public final class ScriptedProbes implements Probes {
    private final Function<Address, String> names;
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Predicate<Address> again;
    private volatile Optional<Answers> answers = Optional.empty();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong longestPause = new AtomicLong();

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

    /**
     * @param again makes a node answer what it has answered before, once for each read, where the story says nothing
     *     else; false where it does not answer
     */
    ScriptedProbes(Function<Address, String> names, Predicate<Address> again) {
        this.names = names;
        this.again = again;
    }

    /** From now on the nodes answer so. */
    public void answer(Answers next) {
        answers = Optional.of(next);
        count.set(0);
        longestPause.set(0);
        asked.clear();
    }

    /** The questions since the last {@link #answer}, such as {@code request primary} or {@code await standby}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** The longest pause before a question since the last {@link #answer}. */
    public Duration longestPause() {
        return Duration.ofNanos(longestPause.get());
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
        longestPause.accumulateAndGet(since - System.nanoTime(), Math::max);
        int number = count.incrementAndGet();
        if (answers.isPresent()) {
            return answers.get().of(name, number);
        }
        return since - System.nanoTime() <= 0 && again.test(node);
    }

    @Override
    public void await(Duration atMost) {}

    @Override
    public void probeNow() {}
}

package pgrouter.backend;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.config.Pool;
import pgrouter.log.Log;
import pgrouter.net.Carrier;
import pgrouter.net.Repeating;

/**
 * Pipes that sessions have left behind as new, for the next session of the same login: it need not dial and authenticate again. One
 * that has said something since, or has ended, is dropped, and so is one whose node has another role now, and one whose login is too
 * old or no longer holds. Any thread.
 */
public final class WarmPipes {
    private static final Log LOG = Log.of("pool");

    /** How often it is looked for those that were kept long enough. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /**
     * For so long a statement waits until nobody else is connected to its database: it looks every 100 ms ({@code CountOtherDBBackends} in
     * procarray.c).
     */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<Pool> settings;
    private final Optional<NewProcesses> processes;
    private final ReentrantLock lock = new ReentrantLock();
    private final ValidLogins valid = new ValidLogins();

    /** Makes others let go of a database too. */
    private volatile Consumer<Duration> others = time -> {};

    private volatile long changedAt = System.nanoTime();

    /** By the time when they were kept, the newest first. */
    private final Deque<Kept> kept = new ArrayDeque<>();

    /**
     * Who may use a pipe: a session with the same startup message and secret, on the same carrier.
     *
     * @param fingerprint of what opened it, which itself is not kept
     */
    public record Login(Map<String, String> parameters, String fingerprint, Carrier carrier) {}

    private record Kept(Pipe pipe, Login login, Role role, long since) {
        Address address() {
            return pipe.backend().address();
        }
    }

    /** @param processes what one is compared with that a session leaves; empty where DISCARD ALL is thought to undo all */
    public WarmPipes(Supplier<Pool> settings, Optional<NewProcesses> processes) {
        this.settings = settings;
        this.processes = processes;
    }

    /** Begins to look for those that were kept long enough, on a virtual thread, and heeds what becomes of their nodes. */
    public void watch(Cluster cluster) {
        cluster.watch(this::heed);
        Repeating.start(
                "pool", LOOK, this::look, fault -> LOG.error("kept connections could not be looked after: " + fault));
    }

    /** How many are kept. */
    public int size() {
        lock.lock();
        try {
            return kept.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many of them are to this backend. */
    public int count(Address backend) {
        lock.lock();
        try {
            return (int)
                    kept.stream().filter(each -> each.address().equals(backend)).count();
        } finally {
            lock.unlock();
        }
    }

    /** One to this node, the one that was used last. A reload may want TLS where there was none, or another kind. */
    public Optional<Pipe> take(Node node, Login login) {
        Predicate<Kept> fits = each -> each.address().equals(node.backend().address())
                && each.pipe().backend().tls().equals(node.backend().tls())
                && each.role() == node.role()
                && each.login().equals(login);
        for (Optional<Kept> next = remove(fits); next.isPresent(); next = remove(fits)) {
            Pipe pipe = next.get().pipe();
            if (!isRecent(pipe)) {
                pipe.terminate();
            } else if (pipe.isQuiet()) {
                return Optional.of(pipe.renewed());
            } else {
                pipe.close();
            }
        }
        return Optional.empty();
    }

    private Optional<Kept> remove(Predicate<Kept> fits) {
        lock.lock();
        try {
            Iterator<Kept> all = kept.iterator();
            while (all.hasNext()) {
                Kept next = all.next();
                if (fits.test(next)) {
                    all.remove();
                    return Optional.of(next);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A pipe has been opened, and has served nobody: what such a one is like is asked if it is not known. Runs on the thread that owns the
     * pipe, and waits for the answer.
     */
    public void opened(Pipe pipe, Map<String, String> parameters) throws IOException {
        if (processes.isPresent() && !parameters.containsKey("replication")) {
            processes.get().learn(pipe, parameters);
            pipe.looksIn(processes.get().path(pipe, parameters));
        }
    }

    /** When roles, databases or a configuration were changed last, as far as is known: {@link System#nanoTime()}. */
    public long changedAt() {
        return changedAt;
    }

    /** What a pipe is asked after DISCARD ALL, if anything. */
    public Optional<String> question(Pipe pipe) {
        return processes.map(asked -> NewProcesses.question(pipe));
    }

    /**
     * Whether a pipe that a session leaves is as one that has served nobody.
     *
     * @param answer to the question, as rows
     */
    public boolean isAsNew(Pipe pipe, Login login, List<List<Optional<String>>> answer) {
        return processes
                .filter(known -> !known.isAsNew(pipe, login.parameters(), answer))
                .isEmpty();
    }

    /** Whether the login of a pipe still holds and is recent enough, so that it can be kept. */
    public boolean accepts(Pipe pipe) {
        lock.lock();
        try {
            return isRecent(pipe) && holds(pipe);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRecent(Pipe pipe) {
        return System.nanoTime() - pipe.begunAt() < settings.get().age().toNanos();
    }

    private boolean holds(Pipe pipe) {
        return valid.holds(pipe.backend().address(), pipe.begunAt());
    }

    /**
     * Keeps a pipe that is as new, and that nobody listens to. Where there are as many as may be, the one that has rested longest
     * goes. One whose login no longer holds is ended.
     *
     * @param role of its node, as the session that leaves it knew it
     */
    public void keep(Pipe pipe, Login login, Role role) {
        Kept another = new Kept(pipe, login, role, System.nanoTime());
        List<Kept> surplus;
        lock.lock();
        try {
            if (holds(pipe)) {
                kept.addFirst(another);
                surplus = surplus(another.address(), settings.get().size());
                kept.removeAll(surplus);
            } else {
                surplus = List.of(another);
            }
        } finally {
            lock.unlock();
        }
        surplus.forEach(each -> each.pipe().terminate());
    }

    private List<Kept> surplus(Address address, int most) {
        return kept.stream()
                .filter(each -> each.address().equals(address))
                .skip(most)
                .toList();
    }

    /**
     * Lets go of all: what opened them may not be valid any more, be it a password or the right to log in. Pipes that sessions still
     * have are not kept either when these leave.
     */
    public void clear() {
        changed();
        drop(each -> true, () -> valid.begin(System.nanoTime()));
    }

    private void changed() {
        changedAt = System.nanoTime();
        processes.ifPresent(NewProcesses::forget);
    }

    /** The same for one backend: there the roles, the databases or their settings are other than they were. */
    public void clear(Address backend) {
        changed();
        drop(each -> each.address().equals(backend), () -> valid.beginAt(backend, System.nanoTime()));
    }

    /**
     * A statement is about to be sent that needs a database for itself. Nothing may hold one that nobody uses: all kept pipes are let
     * go, and as long as the statement may wait none is kept. The server does not have to be awaited.
     */
    public void makeRoom() {
        drop(each -> true, () -> valid.begin(System.nanoTime() + PATIENCE.toNanos()));
        others.accept(PATIENCE);
    }

    /** What else is connected to a database in which nobody works makes room at the same moment, and for as long. */
    public void makeRoomWith(Consumer<Duration> others) {
        this.others = others;
    }

    private void heed(ClusterView view) {
        drop(each -> view.node(each.address())
                .filter(node -> isSame(node, each, view))
                .isEmpty());
    }

    private static boolean isSame(Node node, Kept each, ClusterView view) {
        return node.role() == each.role() && !node.isSilent() && !view.isSuperseded(each.address());
    }

    private void look() {
        long oldest = System.nanoTime() - settings.get().idle().toNanos();
        drop(each -> each.since() - oldest < 0 || !isRecent(each.pipe()));
    }

    private void drop(Predicate<Kept> which) {
        drop(which, () -> {});
    }

    /** @param first done before, with the lock: nothing is kept in between */
    private void drop(Predicate<Kept> which, Runnable first) {
        List<Kept> dropped = new ArrayList<>();
        lock.lock();
        try {
            first.run();
            kept.removeIf(each -> which.test(each) && dropped.add(each));
        } finally {
            lock.unlock();
        }
        dropped.forEach(each -> each.pipe().terminate());
    }
}

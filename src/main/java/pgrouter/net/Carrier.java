package pgrouter.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A platform thread that polls the sockets for which virtual threads wait. Where this JDK permits it (see
 * {@link Scheduler}), the same thread runs these virtual threads too, one after the other: then one wakes another by an
 * entry in a queue. All threads and wires of a session belong to one carrier. Any thread, except where a method says
 * otherwise.
 */
public final class Carrier {
    /** Polls for virtual threads of the JDK's own scheduler: for work that is rare and must not wait for sessions. */
    public static final Carrier JDK = jdk();

    /** The number of runs after which the sockets are polled again, so that a busy session does not delay the input of others. */
    private static final int RUNS = 64;

    /** The most that usually arrives on a socket at once, in bytes. */
    private static final int BUFFER = 32 * 1024;

    private final Scheduler scheduler;
    private final Poller poller;
    private final Thread thread;
    private final Executor executor = this::execute;
    private final RunQueue runnable = new RunQueue();
    private final BufferPool buffers = new BufferPool(BUFFER);
    private final AtomicInteger wires = new AtomicInteger();

    private final Watchdog.Threads watched = new Watchdog.Threads();
    private volatile boolean isWatched;

    /** {@link System#nanoTime()} at the start of the present run; 0 while nothing runs. */
    private volatile long busySince;

    /** Whether the thread waits in its poller, or is about to. */
    private volatile boolean waiting;

    /** The number of polls so far, the present one included. */
    private final AtomicLong polls = new AtomicLong();

    private Carrier(Scheduler scheduler, Poller poller, String name) {
        this.scheduler = scheduler;
        this.poller = poller;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    /** Starts the thread, which runs as long as the process. */
    static Carrier start(Scheduler scheduler, String name) throws IOException {
        Carrier carrier = new Carrier(scheduler, Poller.open(), name);
        carrier.thread.start();
        return carrier;
    }

    private static Carrier jdk() {
        try {
            return start(new JdkScheduler(), "poller");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a virtual thread. Virtual threads that it starts in turn run on the same scheduler. */
    public Thread start(String name, Runnable task) {
        return scheduler.builder(executor).name(name).start(isWatched ? watched.counted(task) : task);
    }

    /** Makes virtual threads with the names NAME-1, NAME-2 and so on. */
    public ThreadFactory threads(String name) {
        ThreadFactory factory = scheduler.builder(executor).name(name + "-", 1).factory();
        return task -> factory.newThread(isWatched ? watched.counted(task) : task);
    }

    /** Queues what the thread of this carrier is to run: a virtual thread that can run, or a task that does not wait. */
    private void execute(Runnable task) {
        runnable.add(task);
        wake();
    }

    /** Wakes the thread to see what has changed. */
    void wake() {
        if (waiting && Thread.currentThread() != thread) {
            poller.wakeup();
        }
    }

    private void loop() {
        while (true) {
            try {
                runSome();
                poll();
            } catch (IOException | RuntimeException | Error e) {
                report(e);
            }
        }
    }

    private void report(Throwable fault) {
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
        } catch (RuntimeException | Error alsoThis) {
            // The thread goes on: otherwise all of its sessions would end with it.
        }
    }

    /**
     * Runs the threads that can run, and those that they wake, before the sockets are polled. So a thread that is woken
     * by an answer waits for the next request by the time it arrives.
     */
    private void runSome() {
        int runs = 0;
        while (runs < RUNS) {
            Queue<Runnable> all = runnable.takeAll();
            if (all.isEmpty()) {
                return;
            }
            runs += all.size();
            for (Runnable next = all.poll(); next != null; next = all.poll()) {
                run(next);
            }
        }
    }

    private void run(Runnable next) {
        if (isWatched) {
            busySince = System.nanoTime();
            next.run();
            busySince = 0;
        } else {
            next.run();
        }
    }

    /** Measures runs and names threads from now on, for the watchdog. */
    void watch() {
        isWatched = true;
    }

    Thread thread() {
        return thread;
    }

    /** The threads that were started since {@link #watch}. */
    Watchdog.Threads watched() {
        return watched;
    }

    long busySince() {
        return busySince;
    }

    /**
     * The number of polls so far, the present one included. It grows as long as the thread is not held up, except while
     * it waits for its sockets.
     */
    long polls() {
        return polls.get();
    }

    /** Whether the thread waits for anything but its sockets. */
    boolean isHeld() {
        Thread.State state = thread.getState();
        return !waiting && (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
    }

    String name() {
        return thread.getName();
    }

    /** Announces the wait before the second look at the queue: a thread that adds something after that look sees the announcement. */
    private void poll() throws IOException {
        polls.set(polls.getPlain() + 1);
        waiting = runnable.isEmpty();
        if (waiting && runnable.isEmpty()) {
            poller.poll();
        } else {
            poller.pollNow();
        }
        waiting = false;
    }

    /**
     * Polls the sockets, so that {@link Wire#awaitsInput} reflects the kernel's present state, then runs a task, and
     * waits for that. No virtual thread of this carrier runs in between, except on the JDK's own scheduler. On a virtual
     * thread only.
     *
     * @param then must be short, and wait for nothing
     */
    public void lookAtSockets(Runnable then) {
        CompletableFuture.runAsync(
                        () -> {
                            pollNow();
                            then.run();
                        },
                        executor)
                .join();
    }

    private void pollNow() {
        try {
            polls.set(polls.getPlain() + 1);
            poller.pollNow();
        } catch (IOException e) {
            report(e);
        }
    }

    /**
     * Connects. Parks the calling virtual thread as long as the kernel takes; an interrupt ends the wait with an
     * {@link IOException}.
     */
    public Wire connect(SocketAddress address) throws IOException {
        return wire(poller.connect(address));
    }

    /** Takes an accepted connection over. Closes it if that fails. */
    public Wire wire(AcceptedSocket accepted) throws IOException {
        return wire(poller.adopt(accepted));
    }

    private Wire wire(PolledSocket socket) {
        PolledWire wire = new PolledWire(this, socket, scheduler.watching());
        socket.ownedBy(wire);
        wires.incrementAndGet();
        return wire;
    }

    /** Counts a closed wire. Its descriptor is released with the next poll. */
    void left() {
        wires.decrementAndGet();
        wake();
    }

    /** The number of open wires. */
    public int load() {
        return wires.get();
    }

    /** The usual size of a buffer, in bytes. */
    public int bufferCapacity() {
        return BUFFER;
    }

    /** Lends a buffer until {@link #giveBack}. */
    public Buffer borrow(int capacity) {
        return buffers.borrow(capacity);
    }

    /** Takes back a buffer that is no longer used. */
    public void giveBack(Buffer buffer) {
        buffers.giveBack(buffer);
    }
}

package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A carrier that is one platform thread. It runs the virtual threads that can run, one after the other, and polls the
 * sockets of those that wait. So one thread wakes another by an entry in a queue.
 */
final class EventLoop implements Carrier, Executor {
    /** The number of runs after which the sockets are polled again, so that a busy session does not delay the input of others. */
    private static final int RUNS = 64;

    /** The most that usually arrives on a socket at once, in bytes. */
    private static final int BUFFER = 32 * 1024;

    private final OwnScheduler threads;
    private final Poller poller;
    private final Thread thread;
    private final RunQueue runnable = new RunQueue();
    private final BufferPool buffers = new BufferPool(BUFFER);
    private final AtomicInteger wires = new AtomicInteger();

    private final Watchdog.Threads watched = new Watchdog.Threads();
    private volatile boolean isWatched;

    /** {@link System#nanoTime()} at the start of the present run; 0 while nothing runs. */
    private volatile long busySince;

    /** Whether the thread waits in its poller, or is about to. */
    private volatile boolean waiting;

    /** The number of polls. */
    private final AtomicLong polls = new AtomicLong();

    private EventLoop(OwnScheduler threads, Poller poller, String name) {
        this.threads = threads;
        this.poller = poller;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    /** Starts the thread, which runs as long as the process. */
    static EventLoop start(OwnScheduler threads, String name) throws IOException {
        EventLoop loop = new EventLoop(threads, Poller.open(), name);
        loop.thread.start();
        return loop;
    }

    @Override
    public Thread start(String name, Runnable task) {
        return threads.on(this).name(name).start(isWatched ? watched.counted(task) : task);
    }

    @Override
    public ThreadFactory threads(String name) {
        ThreadFactory factory = threads.on(this).name(name + "-", 1).factory();
        return task -> factory.newThread(isWatched ? watched.counted(task) : task);
    }

    /** Queues a virtual thread that can run. Any thread. */
    @Override
    public void execute(Runnable continuation) {
        runnable.add(continuation);
        wake();
    }

    /** Wakes the event loop to see what has changed. Any thread. */
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
            // The event loop goes on: otherwise all of its sessions would end with it.
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

    /** The number of polls so far. It grows as long as the event loop is not held up, except while it waits for its sockets. */
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
        polls.lazySet(polls.getPlain() + 1);
        waiting = runnable.isEmpty();
        if (waiting && runnable.isEmpty()) {
            poller.poll();
        } else {
            poller.pollNow();
        }
        waiting = false;
    }

    /** On a virtual thread of this carrier: the poller is not in use then. */
    @Override
    public void lookAtSockets() {
        try {
            poller.pollNow();
        } catch (IOException e) {
            report(e);
        }
    }

    @Override
    public Wire connect(SocketAddress address) throws IOException {
        return wire(poller.connect(address));
    }

    @Override
    public Wire wire(AcceptedSocket accepted) throws IOException {
        return wire(poller.adopt(accepted));
    }

    private Wire wire(PolledSocket socket) {
        EventLoopWire wire = new EventLoopWire(this, socket);
        socket.ownedBy(wire);
        wires.incrementAndGet();
        return wire;
    }

    /** Counts a closed wire. Its descriptor is released with the next poll. */
    void left() {
        wires.decrementAndGet();
        wake();
    }

    @Override
    public int load() {
        return wires.get();
    }

    @Override
    public int bufferCapacity() {
        return BUFFER;
    }

    @Override
    public Buffer borrow(int capacity) {
        return buffers.borrow(capacity);
    }

    @Override
    public void giveBack(Buffer buffer) {
        buffers.giveBack(buffer);
    }
}

package pgrouter.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A carrier that is one platform thread: it runs the virtual threads that can run, one after the other, and waits with its own
 * selector for the sockets of those that cannot. So a wake-up among them is an entry in a queue.
 */
final class EventLoop implements Carrier, Executor {
    /** After so many runs the sockets are looked at again: who has much to do does not keep the others' input waiting. */
    private static final int RUNS = 64;

    /** As much as a socket usually has at once, in bytes. */
    private static final int BUFFER = 32 * 1024;

    private final OwnScheduler threads;
    private final Selector selector;
    private final Thread thread;
    private final RunQueue runnable = new RunQueue();
    private final Consumer<SelectionKey> ready = EventLoop::ready;
    private final LentBuffers buffers = new LentBuffers(BUFFER);
    private final AtomicInteger wires = new AtomicInteger();

    private final Watchdog.Threads watched = new Watchdog.Threads();
    private volatile boolean isWatched;

    /** {@link System#nanoTime()} when the present run of threads began; 0 while nothing runs. */
    private volatile long busySince;

    /** The thread waits in its selector, or is about to. */
    private volatile boolean waiting;

    /** How often the sockets were looked at. */
    private final AtomicLong looks = new AtomicLong();

    private EventLoop(OwnScheduler threads, Selector selector, String name) {
        this.threads = threads;
        this.selector = selector;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    /** Starts the thread, which runs as long as the process. */
    static EventLoop start(OwnScheduler threads, String name) throws IOException {
        EventLoop loop = new EventLoop(threads, Selector.open(), name);
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

    /** A virtual thread goes on. Any thread. */
    @Override
    public void execute(Runnable continuation) {
        runnable.add(continuation);
        wake();
    }

    /** Something has changed that the thread must see. Any thread. */
    void wake() {
        if (waiting && Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    private void loop() {
        while (true) {
            try {
                runSome();
                look();
            } catch (IOException | RuntimeException | Error e) {
                report(e);
            }
        }
    }

    private void report(Throwable fault) {
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
        } catch (RuntimeException | Error alsoThis) {
            // All who live here would end with the thread.
        }
    }

    /**
     * Runs what can run, and what can run by that, before the sockets are looked at: an answer wakes the thread that will wait for the
     * next request, and that is to wait already when the request comes.
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

    /** From now on the watchdog may ask. */
    void watch() {
        isWatched = true;
    }

    Thread thread() {
        return thread;
    }

    /** The threads that were started since it is watched. */
    Watchdog.Threads watched() {
        return watched;
    }

    long busySince() {
        return busySince;
    }

    /** Changes as long as it goes on, but for the time in which it waits for its sockets. */
    long looks() {
        return looks.get();
    }

    /** Whether its thread waits for something else than its sockets. */
    boolean isHeld() {
        Thread.State state = thread.getState();
        return !waiting && (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
    }

    String name() {
        return thread.getName();
    }

    /** Between the announcement and the wait nothing can be missed: who adds something behind the second look sees the announcement. */
    private void look() throws IOException {
        looks.lazySet(looks.getPlain() + 1);
        waiting = runnable.isEmpty();
        if (waiting && runnable.isEmpty()) {
            selector.select(ready);
        } else {
            selector.selectNow(ready);
        }
        waiting = false;
    }

    /** On a virtual thread of this one: the selector is not in use then. */
    @Override
    public void lookAtSockets() {
        try {
            selector.selectNow(ready);
        } catch (IOException e) {
            report(e);
        }
    }

    private static void ready(SelectionKey key) {
        ((EventLoopWire) key.attachment()).ready();
    }

    @Override
    public Wire wire(SocketChannel channel) throws IOException {
        SocketOptions.set(channel);
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            EventLoopWire wire = new EventLoopWire(this, channel, key);
            key.attach(wire);
            wires.incrementAndGet();
            return wire;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A wire has been closed: its descriptor is released when the selector is next looked at. */
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

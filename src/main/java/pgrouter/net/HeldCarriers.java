package pgrouter.net;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Frees event loops that one of their virtual threads keeps while it waits. A thread keeps its carrier where the JVM
 * has no memory to put its stack aside ({@code VirtualThread.park}). An event loop that is kept runs nothing, not even
 * the task that would wake the thread. So the thread is woken, as the contract of {@link LockSupport#park} allows at
 * any time, and tries again. Runs on a platform thread.
 */
final class HeldCarriers implements Runnable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<List<EventLoop>> loops;
    private final Consumer<String> report;
    private final Map<EventLoop, Long> seen = new HashMap<>();

    HeldCarriers(Supplier<List<EventLoop>> loops, Consumer<String> report) {
        this.loops = loops;
        this.report = report;
    }

    @Override
    public void run() {
        Repeating.run(INTERVAL, this::look, report);
    }

    private void look() {
        for (EventLoop loop : loops.get()) {
            long now = loop.polls();
            Long before = seen.put(loop, now);
            if (before != null && before == now && loop.isHeld()) {
                LockSupport.unpark(loop.thread());
                report.accept(loop.name() + " was kept by a thread that waits: Java has too little memory, raise -Xmx");
            }
        }
    }
}

package pgrouter.net;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Frees carriers that one of their virtual threads keeps while it waits. A thread keeps its carrier where the JVM
 * has no memory to put its stack aside ({@code VirtualThread.park}). A carrier that is kept runs nothing, not even
 * the task that would wake the thread. So the thread is woken, as the contract of {@link LockSupport#park} allows at
 * any time, and tries again. Runs on a platform thread.
 */
final class HeldCarriers implements Runnable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<List<Carrier>> carriers;
    private final Consumer<String> report;
    private final Map<Carrier, Long> seen = new HashMap<>();

    HeldCarriers(Supplier<List<Carrier>> carriers, Consumer<String> report) {
        this.carriers = carriers;
        this.report = report;
    }

    @Override
    public void run() {
        Repeating.run(INTERVAL, this::look, report);
    }

    private void look() {
        for (Carrier carrier : carriers.get()) {
            long now = carrier.polls();
            Long before = seen.put(carrier, now);
            if (before != null && before == now && carrier.isHeld()) {
                LockSupport.unpark(carrier.thread());
                report.accept(
                        carrier.name() + " was kept by a thread that waits: Java has too little memory, raise -Xmx");
            }
        }
    }
}

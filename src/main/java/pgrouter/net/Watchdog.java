package pgrouter.net;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Looks for event loops that one of their threads holds up, which every session there feels, and names that thread and where it is.
 * For who looks for a fault of pgrouter: it knows the threads that were started while it watched. Runs on a platform thread.
 */
final class Watchdog implements Runnable {
    /** So long no thread may run without giving the others a turn. */
    static final Duration TOO_LONG = Duration.ofMillis(100);

    /** The frames of it that are shown. */
    private static final int FRAMES = 12;

    private final List<EventLoop> loops;
    private final Consumer<String> report;

    Watchdog(List<EventLoop> loops, Consumer<String> report) {
        this.loops = loops;
        this.report = report;
    }

    /** The threads of one event loop, as far as they are known. */
    static final class Threads {
        private final Set<Thread> living = ConcurrentHashMap.newKeySet();

        Runnable counted(Runnable task) {
            return () -> {
                living.add(Thread.currentThread());
                try {
                    task.run();
                } finally {
                    living.remove(Thread.currentThread());
                }
            };
        }

        /** Who runs, and where: only one can. */
        String running() {
            return living.stream()
                    .filter(thread -> thread.getState() == Thread.State.RUNNABLE)
                    .map(Threads::place)
                    .filter(place -> !place.isEmpty())
                    .collect(Collectors.joining("; "));
        }

        private static String place(Thread thread) {
            StackTraceElement[] frames = thread.getStackTrace();
            return frames.length == 0
                    ? ""
                    : Arrays.stream(frames)
                            .limit(FRAMES)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining(" < ", thread.getName() + " at ", ""));
        }
    }

    @Override
    public void run() {
        Repeating.run(TOO_LONG, () -> loops.forEach(this::look), report);
    }

    private void look(EventLoop loop) {
        long since = loop.busySince();
        long busy = since == 0 ? 0 : System.nanoTime() - since;
        if (busy > TOO_LONG.toNanos()) {
            report.accept(loop.name() + " is held up for " + busy / 1_000_000 + " ms by "
                    + loop.watched().running());
        }
    }
}

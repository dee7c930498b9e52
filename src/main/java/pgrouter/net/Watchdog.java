package pgrouter.net;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds carriers that one of their threads holds up, which delays every session there, and reports that thread and
 * its place in the code. For the search for a fault of pgrouter. It knows the threads that were started while it
 * watched. Runs on a platform thread.
 */
final class Watchdog implements Runnable {
    /** The longest time for which a thread may run without giving the others a turn. */
    static final Duration TOO_LONG = Duration.ofMillis(100);

    /** The number of stack frames that are reported. */
    private static final int FRAMES = 12;

    private final List<Carrier> carriers;
    private final Consumer<String> report;

    Watchdog(List<Carrier> carriers, Consumer<String> report) {
        this.carriers = carriers;
        this.report = report;
    }

    /** The threads of one carrier, as far as they are known. */
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

        /** The running thread, of which there is one at most, and its place in the code. */
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
        Repeating.run(TOO_LONG, () -> carriers.forEach(this::look), report);
    }

    private void look(Carrier carrier) {
        long since = carrier.busySince();
        long busy = since == 0 ? 0 : System.nanoTime() - since;
        if (busy > TOO_LONG.toNanos()) {
            report.accept(carrier.name() + " is held up for " + busy / 1_000_000 + " ms by "
                    + carrier.watched().running());
        }
    }
}

package pgrouter.net;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A task that repeats for the life of the process, on a virtual thread of the JDK's own scheduler. A turn that fails is
 * reported, and the next one follows nevertheless: most often there was no memory left for a moment.
 */
public final class Repeating {
    /** One run of the task. */
    public interface Turn {
        void run() throws InterruptedException;
    }

    private Repeating() {}

    /**
     * Starts the task; the first turn comes after the first interval.
     *
     * @param report takes the failure of a turn
     */
    public static void start(String name, Duration interval, Turn turn, Consumer<String> report) {
        BlockingTasks.start(name, () -> run(interval, turn, report));
    }

    /** The same on the calling thread, until it is interrupted. */
    static void run(Duration interval, Turn turn, Consumer<String> report) {
        try {
            while (true) {
                Thread.sleep(interval);
                turn(turn, report);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs one turn, for callers with a schedule of their own. */
    public static void turn(Turn turn, Consumer<String> report) throws InterruptedException {
        try {
            turn.run();
        } catch (RuntimeException | Error e) {
            tell(e, report);
        }
    }

    private static void tell(Throwable fault, Consumer<String> report) {
        try {
            report.accept(fault.toString());
        } catch (RuntimeException | Error alsoThis) {
            // The next turn follows nevertheless.
        }
    }
}

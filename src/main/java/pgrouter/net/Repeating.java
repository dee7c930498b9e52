package pgrouter.net;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Something that is done from time to time, for the life of the process, on a virtual thread of the JDK's own scheduler. A turn that
 * fails is told, and the next one comes all the same: most often there was no memory left for a moment.
 */
public final class Repeating {
    /** Once of it. */
    public interface Turn {
        void run() throws InterruptedException;
    }

    private Repeating() {}

    /**
     * Starts it; the first turn comes after the first interval.
     *
     * @param report told what a turn has failed by
     */
    public static void start(String name, Duration interval, Turn turn, Consumer<String> report) {
        BlockingTasks.start(name, () -> run(interval, turn, report));
    }

    /** The same on the thread that calls it, until that is interrupted. */
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

    /** One turn of what repeats itself in a way of its own. */
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
            // The next turn comes all the same.
        }
    }
}

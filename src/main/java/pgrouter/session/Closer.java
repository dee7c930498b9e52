package pgrouter.session;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a session has taken and gives back when it is over, whichever of its threads is the last. Only that one thread uses it which is
 * the session's at the time.
 */
final class Closer implements AutoCloseable {
    private static final int USUAL = 3;

    private final Deque<Runnable> endings = new ArrayDeque<>(USUAL);

    /** It ends before all that was added earlier. */
    void add(Runnable ending) {
        endings.push(ending);
    }

    /** Ends all, even where one of them throws. */
    @Override
    public void close() {
        Runnable last = endings.poll();
        if (last != null) {
            try {
                last.run();
            } finally {
                close();
            }
        }
    }
}

package pgrouter.session;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The resources of a session, which are released when it ends, by whichever of its threads is the last. Only the
 * thread that owns the session at the time uses it.
 */
final class Closer implements AutoCloseable {
    private static final int USUAL = 3;

    private final Deque<Runnable> endings = new ArrayDeque<>(USUAL);

    /** Adds a resource that is closed before all that were added earlier. */
    void add(Runnable ending) {
        endings.push(ending);
    }

    /** Closes all of them, even where one throws. */
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

package pgrouter.backend;

import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A server connection that a child task is opening. A thread that stops waiting for it abandons it, so that a
 * connection that opens in the last moment is closed too. Only for the thread that owns the task.
 */
public final class Opening<T> {
    private final Consumer<T> end;
    private Optional<Future<T>> task = Optional.empty();

    /** @param end closes a connection that nobody waits for */
    public Opening(Consumer<T> end) {
        this.end = end;
    }

    public Future<T> with(Future<T> opening) {
        task = Optional.of(opening);
        return opening;
    }

    /** Must be called when the child has ended: after the scope that owns it is closed. */
    public void abandon() {
        task.filter(opening -> opening.state() == Future.State.SUCCESS)
                .ifPresent(opening -> end.accept(opening.resultNow()));
    }
}

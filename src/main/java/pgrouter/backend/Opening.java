package pgrouter.backend;

import java.util.Optional;
import java.util.concurrent.Future;

/**
 * A pipe that a child task is opening. Whoever stops waiting for it abandons it, so that one that opens in the last moment is
 * closed all the same.
 */
public final class Opening {
    private Optional<Future<Pipe>> pipe = Optional.empty();

    public Future<Pipe> with(Future<Pipe> opening) {
        pipe = Optional.of(opening);
        return opening;
    }

    /** Call it when the child has ended: behind the scope that owns it. */
    public void abandon() {
        pipe.filter(opening -> opening.state() == Future.State.SUCCESS)
                .ifPresent(opening -> opening.resultNow().terminate());
    }
}

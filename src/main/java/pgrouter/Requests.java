package pgrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import pgrouter.process.Signals;

/** The requests of the console to the process. The main thread handles them, as it handles signals, one after the other. */
final class Requests {
    private static final List<String> ENDING = List.of("pgrouter ends");

    private final Signals signals;
    private final Runnable atOnce;
    private final Queue<CompletableFuture<List<String>>> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean ending;

    /** @param atOnce ends the process */
    Requests(Signals signals, Runnable atOnce) {
        this.signals = signals;
        this.atOnce = atOnce;
    }

    /**
     * Does the same as SIGHUP; waits until it is done. Any thread. @return the problems of the files: with any of
     * them nothing was changed
     */
    List<String> reload() throws InterruptedException {
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        waiting.add(done);
        if (ending) {
            end(ENDING);
        } else {
            signals.reload();
        }
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Does the same as SIGTERM. Any thread. */
    void end() {
        signals.end();
    }

    /** Does the same as a second SIGTERM. Any thread. */
    void endAtOnce() {
        atOnce.run();
    }

    /**
     * Reloads for all callers that have asked for it until now. Main thread.
     *
     * @param reload returns the problems of the files
     */
    void reload(Supplier<List<String>> reload) {
        List<CompletableFuture<List<String>>> asked = new ArrayList<>();
        for (CompletableFuture<List<String>> next = waiting.poll(); next != null; next = waiting.poll()) {
            asked.add(next);
        }
        List<String> problems = reload.get();
        asked.forEach(each -> each.complete(problems));
    }

    /** There is no reload any more. Main thread. */
    void close() {
        ending = true;
        end(ENDING);
    }

    private void end(List<String> why) {
        waiting.forEach(each -> each.complete(why));
    }
}

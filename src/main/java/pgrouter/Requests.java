package pgrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import pgrouter.process.Signals;

/** What the console asks of the process: the main thread does it, as it does what signals ask for, one after the other. */
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

    /** As on SIGHUP; waits until it is done. Any thread. @return what is wrong with the files: then nothing was changed */
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

    /** As on SIGTERM. Any thread. */
    void end() {
        signals.end();
    }

    /** As on a second one. Any thread. */
    void endAtOnce() {
        atOnce.run();
    }

    /**
     * A reload begins, for all who have asked for one until now. Main thread.
     *
     * @param reload gives what is wrong with the files
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

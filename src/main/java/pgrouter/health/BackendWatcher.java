package pgrouter.health;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import pgrouter.cluster.ClusterView;
import pgrouter.metrics.Metrics;
import pgrouter.net.TaskScope;

/**
 * Watches one backend, on a virtual thread of its own. It asks the node for its role when a round begins, and for its
 * position when a session wants that. A node that does not answer delays the news of no other node.
 */
final class BackendWatcher implements Callable<Boolean> {
    /**
     * The minimum pause before a query for reads that go to the primary instead of waiting. Each query costs a node as
     * much as a small one of a client.
     */
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Probe probe;
    private final LoginMark loginMark;
    private final Consumer<UnaryOperator<ClusterView>> news;
    private final Metrics metrics;
    private final AtomicBoolean round = new AtomicBoolean();
    private final PositionQuestions questions = new PositionQuestions(this::wake);
    private volatile Optional<Thread> thread = Optional.empty();
    private Optional<Future<Boolean>> task = Optional.empty();

    BackendWatcher(Probe probe, LoginMark loginMark, Consumer<UnaryOperator<ClusterView>> news, Metrics metrics) {
        this.probe = probe;
        this.loginMark = loginMark;
        this.news = news;
        this.metrics = metrics;
    }

    Probe probe() {
        return probe;
    }

    LoginMark loginMark() {
        return loginMark;
    }

    /** Begins to watch, as a child task of the supervisor. */
    void start(TaskScope scope) {
        task = Optional.of(scope.fork(this));
    }

    /** Begins a round. */
    void round() {
        if (!round.get() && round.compareAndSet(false, true)) {
            wake();
        }
    }

    private void wake() {
        thread.ifPresent(LockSupport::unpark);
    }

    /** Asks for the position at once; no session waits for it yet. */
    void requestPosition() {
        questions.request();
    }

    /** Asks for the position, unless the node has just been asked; no session waits for it. */
    void requestPositionAfterPause() {
        questions.request(PAUSE.toNanos());
    }

    /** @see PositionQuestions#await */
    boolean awaitPosition(long since, long deadline) throws InterruptedException {
        return questions.await(since, deadline);
    }

    /** Ends the watching: the backend was removed. */
    void stop() {
        task.ifPresent(watching -> watching.cancel(true));
    }

    @Override
    public Boolean call() throws InterruptedException {
        thread = Optional.of(Thread.currentThread());
        try (probe) {
            while (!Thread.interrupted()) {
                if (round.getAndSet(false)) {
                    ask(probe::what);
                    loginMark.look();
                } else {
                    askWhere(questions.dueIn());
                }
            }
        } finally {
            questions.close();
        }
        return true;
    }

    private void askWhere(long dueIn) {
        if (dueIn == 0) {
            metrics.lsnQuery();
            ask(probe::where);
        } else if (dueIn == PositionQuestions.NEVER) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, dueIn);
        }
    }

    /** Asks the node. The answer is for all that were waiting before. */
    private void ask(Supplier<UnaryOperator<ClusterView>> question) {
        questions.begins();
        try {
            news.accept(question.get());
        } finally {
            questions.ends();
        }
    }
}

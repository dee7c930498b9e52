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
 * position when a session waits for that. A node that does not answer delays the news of no other node. Requests that
 * come meanwhile are asked as one.
 */
final class BackendWatcher implements Callable<Boolean> {
    /** The minimum pause between the last answer of a node and the next query for its position. */
    private static final Duration PAUSE = Duration.ofMillis(3);

    /**
     * The minimum pause before a query that no session waits for. Each query costs a node as much as a small one of a
     * client, and sessions that write all the time would ask all the time.
     */
    private static final Duration LONG_PAUSE = Duration.ofMillis(20);

    private final Probe probe;
    private final LoginMark loginMark;
    private final Consumer<UnaryOperator<ClusterView>> news;
    private final Metrics metrics;
    private final AtomicBoolean round = new AtomicBoolean();
    private final AtomicBoolean position = new AtomicBoolean();
    private final AtomicBoolean positionNow = new AtomicBoolean();
    private volatile Optional<Thread> thread = Optional.empty();
    private Optional<Future<Boolean>> task = Optional.empty();

    /** {@link System#nanoTime()} of the last answer. Only the watching thread uses it. */
    private long answeredAt = System.nanoTime() - LONG_PAUSE.toNanos();

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
        wake(round);
    }

    /** Asks for the position, which a session will need soon. */
    void requestPosition() {
        wake(position);
    }

    /** Asks for the position, which a session waits for. */
    void probeNow() {
        wake(positionNow);
    }

    private void wake(AtomicBoolean wanted) {
        if (!wanted.get() && wanted.compareAndSet(false, true)) {
            thread.ifPresent(LockSupport::unpark);
        }
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
                } else if (positionNow.get()) {
                    askWhereBehind(PAUSE);
                } else if (position.get()) {
                    askWhereBehind(LONG_PAUSE);
                } else {
                    LockSupport.park(this);
                }
            }
        }
        return true;
    }

    private void askWhereBehind(Duration pause) {
        long left = pause.toNanos() - (System.nanoTime() - answeredAt);
        if (left > 0) {
            LockSupport.parkNanos(this, left);
        } else {
            metrics.lsnQuery();
            ask(probe::where);
        }
    }

    /** Asks the node. The answer is for all requests that came before. */
    private void ask(Supplier<UnaryOperator<ClusterView>> question) {
        position.set(false);
        positionNow.set(false);
        news.accept(question.get());
        answeredAt = System.nanoTime();
    }
}

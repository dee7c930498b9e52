package pgrouter.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether anything of a session is under way. Where nothing is, another thread may end the session. The client thread
 * and that thread agree here which of them was first.
 */
final class SessionPhase {
    /** The phase of the client thread. */
    private enum Phase {
        /** The client is not logged in yet. */
        LOGIN,
        /** The connection is a replication connection: nothing is ever under way, and it is never idle. */
        STREAMING,
        /** Nothing is under way. */
        RESTING,
        /** A request or a transaction is under way. */
        WORKING,
        /** A transaction is under way, and its next request has not come yet. */
        OPEN,
        /** Another thread ends the session. */
        ENDED
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.LOGIN);
    private volatile long since = System.nanoTime();

    /** The number of times that the client thread has begun to wait for a request. */
    private final AtomicInteger begun = new AtomicInteger();

    /** The number of the idle period that was seen last. Only the thread that looks for idle clients uses it. */
    private int seen;

    /**
     * The client thread waits for a request; or another client thread does, in the same idle period.
     *
     * @param keepTime whether the start of the period is needed
     */
    void begin(boolean keepTime) {
        Phase before = phase.get();
        if (before == Phase.RESTING || before == Phase.ENDED) {
            return;
        }
        if (keepTime) {
            since = System.nanoTime();
        }
        begun.lazySet(begun.get() + 1);
        phase.compareAndSet(before, Phase.RESTING);
    }

    /** Whether the client that had said nothing at the last look has said nothing since. */
    boolean lastsSinceLastLook() {
        int now = begun.get();
        boolean same = now == seen && phase.get() == Phase.RESTING;
        seen = now;
        return same;
    }

    /** The client thread waits for the next request of a transaction. */
    void pause() {
        phase.compareAndSet(Phase.WORKING, Phase.OPEN);
    }

    /** @return false where the session has been ended meanwhile */
    boolean end() {
        return phase.compareAndSet(Phase.RESTING, Phase.WORKING)
                || phase.compareAndSet(Phase.OPEN, Phase.WORKING)
                || phase.get() == Phase.WORKING;
    }

    /** The phase in the words of {@code pg_stat_activity}, as far as it has them. */
    String words() {
        return switch (phase.get()) {
            case LOGIN -> "login";
            case STREAMING -> "streaming";
            case RESTING -> "idle";
            case WORKING -> "active";
            case OPEN -> "idle in transaction";
            case ENDED -> "ending";
        };
    }

    void stream() {
        phase.compareAndSet(Phase.LOGIN, Phase.STREAMING);
    }

    /** @return whether the calling thread may end the session: it was idle, or its client was not logged in */
    boolean take() {
        Phase before = phase.get();
        boolean busy = before == Phase.WORKING || before == Phase.OPEN;
        return !busy && before != Phase.ENDED && phase.compareAndSet(before, Phase.ENDED);
    }

    /** The same where the client has not logged in. */
    boolean takeLogin() {
        return phase.compareAndSet(Phase.LOGIN, Phase.ENDED);
    }

    /** The same where it has been idle since before this time. */
    boolean takeRestingSince(long time) {
        return since - time < 0 && phase.get() == Phase.RESTING && phase.compareAndSet(Phase.RESTING, Phase.ENDED);
    }

    /** The same where the client has not logged in, and this has lasted since before this time. */
    boolean takeLoginSince(long time) {
        return since - time < 0 && phase.get() == Phase.LOGIN && phase.compareAndSet(Phase.LOGIN, Phase.ENDED);
    }
}
